"""What can be built: sharing patterns, the spaces that draw them and the networks that realise them."""
