"""The page of a search: what it tells at its top, what it knows of each trial, its figure and its scripts."""
