"""Exports of labelling tools: what they are known by, specifications for them, and the readers that these name."""
