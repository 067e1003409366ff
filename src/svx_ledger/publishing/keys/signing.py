"""The log's own signatures: the key file, and which of its keys sign at a size."""

import logging
import os
import stat
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Final

from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.checkpoint import parse_checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import (
    ED25519,
    SigningKey,
    parse_signing_key,
    parse_verifier_key,
)
from svx_ledger.publishing.state.database import NotPublished

_FILE_BYTES: Final = 64 * 2**10
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_log = logging.getLogger(__name__)


class ReadByOthers(NotPublished):
    """Others than its owner may read a key file: its keys may be known to them."""


def read_keys(path: Path) -> tuple[SigningKey, ...]:
    """Read the signing keys of a log, a line each; empty lines and `#` lines are passed over.

    Raises NotPublished, ReadByOthers where others than the owner may read the file.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_FILE_BYTES + 1)
    except FileNotFoundError:
        raise NotPublished(
            "no log key: make it with `svx-ledger key log make`, or name the file that has it "
            f"(SVX_LOG_KEY); there is no {path}"
        ) from None
    except OSError as error:
        raise NotPublished(f"the log's keys: {path}: {error.strerror}") from None
    if mode & _OTHERS:
        raise ReadByOthers(f"{path} can be read by others: chmod 600, or revoke its keys")
    try:
        lines = content.decode("ascii").split("\n")
        keys = [parse_signing_key(line) for line in lines if line and line[0] != "#"]
    except (Refused, UnicodeDecodeError):
        keys = []
    if not keys or len(content) > _FILE_BYTES or any(k.algorithm != ED25519 for k in keys):
        raise NotPublished(f"{path}: not signing keys of a log, a line each")
    return tuple(keys)


class KeysAtHand:
    """The keys of a key file: read again where one that should sign is not among them."""

    def __init__(self, read: Callable[[], Iterable[SigningKey]]) -> None:
        """Read them. Raises what `read` raises."""
        self._read = read
        self._keys = tuple(read())
        self._warned: str | None = None

    def missing(self, in_force: Iterable[str]) -> tuple[str, ...]:
        """Return the keys in force that are not there, by name and key id.

        A key is added while a publisher runs, first to the file and then to the ledger: so the
        file has what was not there when it was read. Where it cannot be read any more, those
        that it had go on to sign. Raises what `read` raises where none of them is in force.
        """
        in_force = tuple(in_force)
        if away := self._away(in_force):
            try:
                self._keys = tuple(self._read())
            except NotPublished as fault:
                if len(away) == len(in_force):
                    raise
                self._warn(f"{fault}; signed with the keys that were read before")
            else:
                self._warned = None
            away = self._away(away)
        return tuple(map(key_shown, away))

    def signed(self, body: bytes, in_force: Collection[str]) -> bytes | None:
        """Return the note of a checkpoint's body, signed with every key that is in force.

        The same keys always make the same bytes. None where no key in force is at hand.
        """
        signers = [key for key in self._keys if key.verifier.text in in_force]
        if not signers:
            return None
        return sign_checkpoint(parse_checkpoint(body.decode()), signers)

    def _warn(self, said: str) -> None:
        """Say it once: the file is read again with every step."""
        if said != self._warned:
            _log.warning("%s", said)
        self._warned = said

    def _away(self, in_force: Iterable[str]) -> list[str]:
        here = {key.verifier.text for key in self._keys}
        return [text for text in in_force if text not in here]


def key_shown(verifier_key: str) -> str:
    """Return a verifier key as messages name it, without the key itself."""
    key = parse_verifier_key(verifier_key)
    return f"{key.name}+{key.key_id.hex()}"
