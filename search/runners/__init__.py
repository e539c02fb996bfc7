"""Where jobs run, one way a file."""
