"""What is known and what comes next: the study, its trials, the trial queue, rungs, baselines, the front."""
