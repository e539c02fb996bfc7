"""From a trained network to a file that runs without this project: what is written, checked, timed and told."""
