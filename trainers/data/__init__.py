"""Data sets, one a file: images with the targets of several tasks, as arrays in memory; torch-free."""
