"""Published methods and benchmarks: uses the other packages, is used by none."""
