"""Learned gates beside its rivals: configuration and tables of `experiments.papers.compare`."""
