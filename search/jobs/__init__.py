"""One training as data and as work: the job, the worker that runs it, and what it leaves in files."""
