"""Files of weights: what they hold, where published ones lie, how they are read."""
