"""Which trials are handed over: best guesses of what they are worth, the front, its weights and final trainings."""
