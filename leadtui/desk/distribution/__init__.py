"""Whose lead it is: given to somebody, covered while they are away, taken over."""
