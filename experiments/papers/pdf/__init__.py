"""Progressive Decoder Fusion: its own algorithm beside a searched front."""
