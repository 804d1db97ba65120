"""The verbs of the knowledge base: the only code that changes articles, questions and what readers say of them."""
