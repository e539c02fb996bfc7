"""The torch modules that networks are made of, one kind a file."""
