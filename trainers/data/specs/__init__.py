"""Specifications: YAML that says what a user's files mean; the shipped ones lie here and in `folder/`."""
