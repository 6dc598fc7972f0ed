"""The first day: a floor of one's own, asked for step by step."""
