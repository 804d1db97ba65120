"""People who file tickets without giving up, while the portal they file at is killed or crowded."""
