"""What a search has delivered, trained again with fresh seeds and measured on the test split."""
