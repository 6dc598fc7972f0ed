"""The agreed process: its files, switching it on, telling everybody what changed, and teaching
it."""
