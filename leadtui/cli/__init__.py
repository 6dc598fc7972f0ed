"""The command line: each command parses, calls the desk and prints."""
