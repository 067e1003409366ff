"""Where events are kept: bytes, envelope and the two stores.

The only package that imports `eventsourcing`. The domain is imported first, on purpose:
importing that library patches `dataclasses` for every class defined after it.
"""

from svx_ledger.domain import vocabulary as vocabulary
