"""What is known: articles and the forum. May use contracts."""
