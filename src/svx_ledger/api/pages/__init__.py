"""What the API is, for people: documentation and problems, as pages without a script."""
