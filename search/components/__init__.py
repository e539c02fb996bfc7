"""The parts that searches are made of: groups of YAML, classes by name, and the way from one to the other."""
