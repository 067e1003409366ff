"""What to do where the ledger, or the state beside it, is not what it was."""

from typing import Final

RESTORED: Final = (
    "the ledger was restored from an older copy, or rewritten; stop writing, and restore its "
    "newest state, or where that is lost go on under a new name: `svx-ledger epoch start` "
    "(docs/publishing.md, Restoring)"
)

DAMAGED: Final = (
    "the state of the published log is damaged: verify the ledger, move the state away, and "
    "publish again, which makes it anew from the log (docs/publishing.md)"
)
