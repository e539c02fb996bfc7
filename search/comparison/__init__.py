"""Trials of several searches on one front: what can be compared, related to one reference, drawn and tabulated."""
