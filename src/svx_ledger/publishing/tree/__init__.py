"""The tree over the log: grown from its records, and read back."""
