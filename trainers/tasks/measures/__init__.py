"""Measures beyond the usual ones of task kinds, named in specifications: the contract, and the literature's by kind."""
