"""Package data: one folder a group, one YAML file a choice. Found by Hydra, imported by nobody."""
