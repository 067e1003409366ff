"""The key with which a witness cosigns, in a file: one line, `PRIVATE+KEY+…`."""

import os
import stat
from pathlib import Path
from typing import Final

from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey, parse_signing_key

from .private_file import Unfit, create_private

_KEY_FILE_BYTES: Final = 4_096
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def write_key(path: Path, key: SigningKey) -> None:
    """Keep a new key in a new file that only its owner reads. Raises Unfit."""
    create_private(path, f"{key.text}\n".encode())


def read_key(path: Path) -> SigningKey:
    """Read a witness's key. Raises Unfit, also where others than the owner can read it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_KEY_FILE_BYTES)
    except OSError as fault:
        raise Unfit(f"{path}: {fault.strerror}") from None
    if mode & _OTHERS:
        raise Unfit(f"{path} can be read by others: chmod 600, or retire the key")
    try:
        key = parse_signing_key(content.decode().removesuffix("\n"))
    except (Refused, UnicodeDecodeError):
        raise Unfit(f"{path} holds no signing key") from None
    if key.algorithm != COSIGNATURE:
        raise Unfit(f"{path} holds the key of a log: a witness has a key of its own (type 4)")
    return key
