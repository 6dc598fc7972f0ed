"""A file of leads, step by step: looked at, tried, brought in."""
