"""One folder a paper: what it claims, tried here."""
