"""What to do where the ledger, or the state beside it, is not what it was."""

from typing import Final

RESTORED: Final = (
    "the ledger was restored from an older copy, or rewritten; stop writing, and restore its "
    "newest state, or where that is lost go on under a new name: `svx-ledger epoch start` "
    "(docs/publishing.md, Restoring)"
)

LOST: Final = (
    "restore the ledger: its newest backup, at the same address. Where it is lost for good, "
    "begin another under a name that was never used: move the state away (on SQLite the folder "
    "`x.log` beside `x.db`, on PostgreSQL the schema svx_log), and the mark, then `svx-ledger "
    "init --origin` (docs/publishing.md, Restoring)"
)

DAMAGED: Final = (
    "the state of the published log is damaged: verify the ledger, move the state away, and "
    "publish again, which makes it anew from the log (docs/publishing.md)"
)

ANOTHERS: Final = (
    "the state beside this ledger is of another ledger: its first record is not this one's. On "
    "SQLite `x` and `x.db` would share the folder `x.log`: rename the one that came later, "
    "give it keys and a mark of its own, and publish it to a folder of its own "
    "(docs/publishing.md)"
)
