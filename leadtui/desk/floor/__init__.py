"""The floor itself: making it, sharing it, backing it up, what is wrong with it, and what falls due
by itself."""
