"""Requests of customers and what became of them. May use contracts and knowledgebase."""
