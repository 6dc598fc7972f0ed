"""The call block: the queue, and what comes up over it."""
