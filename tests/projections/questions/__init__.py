"""The questions of day one, asked of ledgers whose answers are known."""
