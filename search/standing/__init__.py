"""How a search stands, read from its run folder while it runs or after: counts, front, time left, where to look."""
