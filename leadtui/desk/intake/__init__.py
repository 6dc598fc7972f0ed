"""How leads and responses come in: from files, by hand, by telephone; and how an import is taken
back."""
