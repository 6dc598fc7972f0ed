"""What was done, counted: the log by day, every figure by name, and the supervisor's read-only
view."""
