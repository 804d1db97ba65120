"""Full-text search: words, the index beside its rows, sources, finding and suggesting. ``docs/search.md`` tells how."""
