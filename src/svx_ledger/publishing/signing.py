"""The log's own signatures: the key file, and which of its keys sign at a size."""

import os
import stat
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from svx_ledger.proofs.checkpoint import parse_checkpoint, sign_checkpoint
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.keys import ED25519, SigningKey, parse_signing_key

from .state import NotPublished

_FILE_BYTES: Final = 64 * 2**10
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_keys(path: Path) -> tuple[SigningKey, ...]:
    """Read the signing keys of a log, a line each; empty lines and `#` lines are passed over.

    Raises NotPublished, also where others than the owner may read the file.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_FILE_BYTES + 1)
    except OSError as error:
        raise NotPublished(f"the log's keys: {path}: {error.strerror}") from None
    if mode & _OTHERS:
        raise NotPublished(f"{path} can be read by others: chmod 600, or revoke its keys")
    try:
        lines = content.decode("ascii").split("\n")
        keys = [parse_signing_key(line) for line in lines if line and line[0] != "#"]
    except (Refused, UnicodeDecodeError):
        keys = []
    if not keys or len(content) > _FILE_BYTES or any(k.algorithm != ED25519 for k in keys):
        raise NotPublished(f"{path}: not signing keys of a log, a line each")
    return tuple(keys)


def signed(body: bytes, keys: Sequence[SigningKey], in_force: Collection[str]) -> bytes | None:
    """Return the note of a checkpoint's body, signed with every key that is in force.

    The same keys always make the same bytes. None where no key is in force.
    """
    signers = [key for key in keys if key.verifier.text in in_force]
    if not signers:
        return None
    return sign_checkpoint(parse_checkpoint(body.decode()), signers)
