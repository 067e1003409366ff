"""Names of what is imported: the same source always leads to the same name and command id.

A name is 26 of the digits of a digest, so it shows no registration number; an import that
was cut short, or is given again, finds what it wrote.
"""

from base64 import b32encode
from hashlib import sha256

from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.commands import command_bytes, sha256_of


def named(kind: str, *parts: str) -> str:
    """Return the stream name that follows from what a thing is known by elsewhere."""
    known_by = "\0".join((f"svx/{kind}/1", *parts))
    return f"{kind}-{b32encode(sha256(known_by.encode()).digest()).decode().lower()[:26]}"


def command_id_of(command: Command) -> str:
    """Return the command id that follows from all that a command says."""
    return f"intake-{sha256_of(command_bytes(command))}"
