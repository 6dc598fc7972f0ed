"""Importing leads: a file of any make becomes companies, leads and responses, and nothing in it is
lost."""
