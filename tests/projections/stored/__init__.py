"""Stored views, on both stores."""
