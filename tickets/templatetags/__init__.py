"""Tags of the pages of tickets."""
