"""The samples of a split: canonical arrays, single samples, and the fingerprint of their content."""
