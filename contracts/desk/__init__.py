"""Staff's pages of maintenance windows and outages."""
