"""What tasks exchange through: necks of their own, the workspace and its frame of vectors."""
