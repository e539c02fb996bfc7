"""The study as Optuna keeps it: its journal, the names in it, and what other programs put there."""
