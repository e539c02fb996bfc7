"""What is searched: the problem that samplers see, its objectives, deltas, reference point, Pareto front and census."""
