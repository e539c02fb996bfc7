"""What the terminal shows of a search that runs: first words, a line for whatever ends, live counts, time left."""
