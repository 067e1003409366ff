"""The published log: how fast it is made and checked, how soon an event is in it, receipts."""

from .integrating import integrates
from .lag import lags
from .receipts import receipts
from .verifying import verifies

__all__ = ["integrates", "lags", "receipts", "verifies"]
