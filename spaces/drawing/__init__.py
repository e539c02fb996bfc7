"""A sharing pattern as people see it: in one line, in box characters, as SVG."""
