"""The read-only compliance view."""
