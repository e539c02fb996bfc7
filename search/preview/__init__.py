"""What is told before a search: a look at the data, what is left to train, how long it will take."""
