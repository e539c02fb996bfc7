"""What comparisons of delivered networks are made of: trainings that are kept, and tables of results."""
