"""How networks bear what they were not trained on: corrupted images, attacks, and whether their tasks agree."""
