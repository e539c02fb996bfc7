"""Several searches by one command: which, in which folders, one after the other, and what they come to together."""
