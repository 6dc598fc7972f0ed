"""What every department stands on: the context of a use case, people, words, leases, and how a lead
is seen."""
