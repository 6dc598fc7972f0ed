"""What is written to leads: e-mails, system steps, the outbox and letters by post."""
