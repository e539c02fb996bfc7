"""Sharing patterns as torch modules: families of blocks, and the one builder."""
