"""The whole process, pure: no I/O, no clock, no SQL; every function maps (state, event, now) to a
new state."""
