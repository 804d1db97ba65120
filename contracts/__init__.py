"""The ground floor: what was promised, to whom, for what; what runs and when it was up."""
