"""The compliance log looked at from outside a transaction: walked, verified, held against the
rows."""
