"""The use cases: what reps, supervisors and marketers do, without a terminal."""
