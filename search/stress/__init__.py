"""How robust the networks of a run are: what is asked, what is kept, and the table of it."""
