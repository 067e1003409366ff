"""Private texts that are kept beside a log, and the commitments to them."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple


class Opening(NamedTuple):
    """A private text as it is kept: what its commitment in a record was computed from."""

    stream: str
    version: int
    field: str
    salt: bytes
    payload: bytes

    def __repr__(self) -> str:
        """Tell nothing of what is private."""
        return "Opening(not shown)"

    @property
    def digest(self) -> str:
        """The commitment to it, in hex: docs/privacy.md names its parts."""
        stream = self.stream.encode()
        parts = (
            b"svx/pd/1\0",
            self.salt,
            len(stream).to_bytes(2),
            stream,
            self.version.to_bytes(8),
            self.field.encode(),
            self.payload,
        )
        return sha256(b"".join(parts)).hexdigest()


Kept = Callable[[str], Opening | None]
"""A commitment in hex → the private text that is kept for it; None where it was erased."""


def nothing_kept(_: str) -> Opening | None:
    """Take every private text for erased."""
    return None
