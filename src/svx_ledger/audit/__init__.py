"""Re-running the rules over history, and naming the first event that they would not have made.

The audit shares the rules with the write path, and nothing else: how it reads, folds and
groups events is written a second time.
"""

from .audited import audit
from .finding import Audit, Finding, Plain

__all__ = ["Audit", "Finding", "Plain", "audit"]
