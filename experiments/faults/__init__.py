"""What dies, tears or runs out while a search runs, done to real searches, and what it costs them."""
