"""Which commands are given over HTTP, on what, and how a new thing is named."""

import hashlib
from typing import Final

from svx_ledger.domain.kind import Command
from svx_ledger.domain.naming import NAME_BYTES, named
from svx_ledger.domain.vocabulary import COMMANDS

NOT_OVER_HTTP: Final = frozenset({"OpenLedger", "AddLogKey", "RevokeLogKey", "StartEpoch"})
"""What is given beside the store only, by who keeps it: the ledger is opened there, and its
log's keys and epochs are begun and ended. With a stolen API key of the operator's one could
else put another key in force, or an epoch over a checkpoint that nobody checked."""


def over_http() -> dict[str, type[Command]]:
    """Return the commands that people give over HTTP, by name."""
    return {
        name: cls
        for name, cls in COMMANDS.items()
        if not cls.by_clock and name not in NOT_OVER_HTTP
    }


def name_of_new(kind: str, principal: str, command_id: str) -> str:
    """Name a new thing: the same for the same key of the same person: a retry repeats."""
    said = f"svx/name/1\0{kind}\0{principal}\0{command_id}".encode()
    return named(kind, hashlib.sha256(said).digest()[:NAME_BYTES])


def summary_of(cls: type[Command]) -> str:
    """Return what a command means, in a sentence."""
    return (cls.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " ")
