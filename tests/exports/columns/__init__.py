"""Columnar copies, on both stores, and what befalls them."""
