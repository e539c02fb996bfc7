"""Exchange through a workspace beside its rivals: configuration and tables of `experiments.papers.compare`."""
