"""Live boards: from a bid that was accepted to everybody who watches."""

from .comparison import live

__all__ = ["live"]
