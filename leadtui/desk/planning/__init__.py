"""What comes next for a lead: enrolments, touches, which of them stands in front, scores and dated
rules."""
