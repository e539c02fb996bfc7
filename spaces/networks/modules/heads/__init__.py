"""What makes answers of decoder outputs, and brings them to the size of the labels."""
