"""Bids over HTTP, at 128 clients: the route, beside the same route without the append."""

from .comparison import posts

__all__ = ["posts"]
