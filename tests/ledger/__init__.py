"""The write path, on both stores."""
