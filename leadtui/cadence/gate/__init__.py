"""May I call now? Zones, hours and numbers, worked out for one call or days ahead."""
