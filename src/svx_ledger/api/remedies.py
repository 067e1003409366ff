"""Remedies that follow from what a store or a file said, and from who is told of it."""

import errno
import os
from collections.abc import Mapping
from typing import Final

SAME_ID: Final = " with the same command id"
"""Stands in a remedy for whom a command id was given or made; else it is left out."""
TELL: Final = "Tell whoever keeps the service, with the X-Request-Id of the answer."
"""The remedy, for others, of what only whoever keeps the ledger can mend: by that id the log
has what they are not told."""

_FOLDER: Final = "Make the folder, or mend the address."
_RIGHTS: Final = "Let this user read and write the file and its folder, or mend the address."
_DISK: Final = f"The disk is full: free space, then repeat{SAME_ID}."
_DAMAGED: Final = (
    "The file is damaged: keep a copy as it is. A ledger is restored from a backup "
    "(docs/operations.md, Restore); views are removed, and built again."
)
_STANDBY: Final = "Name the primary server in the address: a standby takes no writes."
REACH: Final = (
    "See that the server runs and lets this user in, and that the address is right "
    "(`svx-ledger config show`)."
)
"""The remedy, for whoever keeps the ledger, where there was no connection to be had."""
CAUSES: Final[Mapping[str, str]] = {
    os.strerror(errno.ENOENT): _FOLDER,
    os.strerror(errno.ENOTDIR): _FOLDER,
    os.strerror(errno.EACCES): _RIGHTS,
    os.strerror(errno.EROFS): _RIGHTS,
    os.strerror(errno.ENOSPC): _DISK,
    "SQLITE_CANTOPEN": _RIGHTS,
    "SQLITE_READONLY": _RIGHTS,
    "SQLITE_READONLY_DIRECTORY": "Reading, too, writes beside the file: let this user write in "
    "its folder, or copy the file, with the one that ends in -wal, and read the copy.",
    "SQLITE_FULL": _DISK,
    "SQLITE_IOERR_SHMSIZE": _DISK,
    "ERROR 53100": _DISK,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_CORRUPT_INDEX": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "ERROR 42501": "Have the tables' owner grant this role what it needs: "
    "deploy/postgres/grants.sql (docs/operations.md, In production).",
    "42501": "Name the owner in the address: who is to have the tables makes them, and may "
    "create in the schema public (docs/operations.md, In production).",
    "ERROR 25006": _STANDBY,
    "ERROR 0A000": _STANDBY,
    "25006": _STANDBY,
    "42P07": "Name another database: something in this one has the name of a table of ours.",
}
"""What a store says last, after the colon, where a better remedy follows from it."""

PUBLISHING_CAUSES: Final[Mapping[str, str]] = {
    os.strerror(
        errno.ENOENT
    ): "Make the folder, or name another: docs/publishing.md, Settings.",
    os.strerror(errno.ENOTDIR): "Name another place: docs/publishing.md, Settings.",
    os.strerror(errno.EISDIR): "Name the file, not its folder: docs/publishing.md, Settings.",
    os.strerror(errno.EACCES): "Let this user read and write the file and its folder.",
    os.strerror(errno.EROFS): "Let this user read and write the file and its folder.",
    os.strerror(errno.ENOSPC): _DISK,
}
"""The same for who publishes, whose files are not at the ledger's address."""
