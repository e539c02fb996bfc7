"""What comparisons of methods are made of: contestants, how long they train, and tables."""
