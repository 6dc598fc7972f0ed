"""The widgets: they render what they are given and never fetch."""
