"""What the compliance log says: its entries read and told in words."""
