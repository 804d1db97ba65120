"""The contact's pages of tickets."""
