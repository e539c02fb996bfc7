"""How far patterns are trained before they have to show what they gain, one way a file."""
