"""A run folder read again: tables, patterns, trained networks, for notebooks."""
