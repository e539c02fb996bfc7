"""Who is compared: rivals and bounds that no search offers."""
