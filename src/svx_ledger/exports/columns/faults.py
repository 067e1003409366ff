"""What goes wrong with a copy. Each text says what is known, and what to do."""

from svx_ledger.eventlog.store import StoreError


class NotInstalled(StoreError):
    """The program that reads and writes Parquet is not there."""


class CopyRefused(StoreError):
    """The copy cannot be used for this: another ledger's, of another form, or not a copy."""


class CopyNotWritten(StoreError):
    """A file could not be written. What was whole before is whole; going on is safe."""


class CopyBusy(StoreError):
    """Another is writing this copy just now: wait for it, then go on."""
