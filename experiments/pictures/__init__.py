"""Pictures of the documents, and the command that draws them."""
