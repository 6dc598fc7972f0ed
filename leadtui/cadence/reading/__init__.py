"""Playbook files to frozen values, and everything that is wrong with them."""
