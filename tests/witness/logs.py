"""A log to be witnessed, and another history under the same key."""

from functools import cache
from hashlib import sha256

from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.proofs.tree.consistency import consistency_path
from svx_ledger.proofs.tree.merkle import leaf_hash
from tests.proofs.rfc6962 import root

ORIGIN = "log.example/svx"
LOG_KEY = SigningKey(ORIGIN, ED25519, sha256(b"log").digest())
WITNESS_KEY = SigningKey("witness.example/w1", COSIGNATURE, sha256(b"witness").digest())


class Log:
    """A history; two with another `history` share the leaves before `shared` and no more."""

    def __init__(self, history: str = "", shared: int = 0, key: SigningKey = LOG_KEY) -> None:
        self.key = key
        self._history = history
        self._shared = shared
        self.root = cache(self._root)

    def head(self, size: int) -> Checkpoint:
        """What the log says of itself at a size."""
        return Checkpoint(self.key.name, size, self.root(size))

    def note(self, size: int) -> bytes:
        """The same, signed."""
        return sign_checkpoint(self.head(size), [self.key])

    def proof(self, old: int, new: int) -> list[bytes]:
        """That the one size extends the other."""
        return consistency_path(old, new, self._node)

    def request(self, old: int, new: int) -> bytes:
        """What is sent to a witness that holds `old` leaves."""
        return request(old, self.proof(old, new), self.note(new))

    def _leaf(self, index: int) -> bytes:
        history = "" if index < self._shared else self._history
        return leaf_hash(f"{history} {index}".encode())

    def _root(self, size: int) -> bytes:
        return root(self._leaf(index) for index in range(size))

    def _node(self, level: int, index: int) -> bytes:
        return root(self._leaf(one) for one in range(index << level, (index + 1) << level))


def request(old: int | str, proof: list[bytes], note: bytes) -> bytes:
    """Return the body of a request, whatever it is made of."""
    hashes = "".join(f"{base64_text(digest)}\n" for digest in proof)
    return f"old {old}\n{hashes}\n".encode() + note
