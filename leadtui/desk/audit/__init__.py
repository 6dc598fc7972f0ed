"""Whether the record is true: verified, witnessed, sampled, held against tables and the phone
system."""
