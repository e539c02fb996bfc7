"""One network by need: conditions, what to make best of, and the nearest where nothing fits."""
