"""The verbs of the ground floor."""
