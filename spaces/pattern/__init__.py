"""The language of sharing patterns: stages, rules of mixing and exchange, the walk through them, and the key."""
