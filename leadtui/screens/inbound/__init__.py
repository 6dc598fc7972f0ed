"""Somebody calls."""
