"""How long networks take before they are trained: measured in a quiet process, kept, foretold of others."""
