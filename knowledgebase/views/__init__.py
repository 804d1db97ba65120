"""What readers see of the knowledge base."""
