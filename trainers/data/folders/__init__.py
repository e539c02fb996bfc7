"""Data sets of a file a sample and task: which samples there are, what is wrong with them, how one is read."""
