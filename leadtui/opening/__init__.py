"""How the program comes up: the one composition root, the demo floor, and what makes the first
frame fast."""
