"""Texts that a playbook is read from: where a key stands, how words compare, YAML from
strangers."""
