"""How the next pattern is chosen, one sampler a file."""
