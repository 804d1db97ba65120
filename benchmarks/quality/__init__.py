"""How good search is: questions as people ask them, over the documentation of what is installed here."""
