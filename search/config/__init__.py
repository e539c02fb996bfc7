"""From the command line to checked settings: arguments, groups of YAML, components, sections, help."""
