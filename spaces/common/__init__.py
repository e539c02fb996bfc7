"""What knows nothing of sharing patterns: names that last, files, texts."""
