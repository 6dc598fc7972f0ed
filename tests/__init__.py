"""The tests mirror the tree; `tests.builders` makes what they need."""
