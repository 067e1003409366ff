"""Charts of leverage: what they say, and that they say it the same everywhere."""
