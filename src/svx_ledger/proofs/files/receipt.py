"""Receipts: one entry is in the log, provable without the log (C2SP tlog-proof).

A receipt holds the entry's place, the hashes from it up to the root, and the checkpoint that
signs the root. The entry itself comes from whoever asks; `extra` is signed by nobody.
"""

from dataclasses import dataclass
from typing import Final

from svx_ledger.proofs.finding import not_canonical
from svx_ledger.proofs.notes.checkpoint import parse_checkpoint, parse_decimal, parse_hash
from svx_ledger.proofs.notes.note import NOTE_BYTES, base64_bytes, base64_text, parse_note
from svx_ledger.proofs.notes.policy import Policy, Trusted
from svx_ledger.proofs.tree.inclusion import verify_inclusion
from svx_ledger.proofs.tree.merkle import leaf_hash

RECEIPT_BYTES: Final = 2 * NOTE_BYTES
"""The longest receipt that is read: a checkpoint, and as much again for everything else."""

PATH_HASHES: Final = 63
"""The longest path: one hash a level, in a tree of fewer than 2^63 leaves."""

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry is in a log, and all that shows it but the entry itself.

    `index` is the leaf's, from 0; `path` begins with the leaf's sibling; `checkpoint` is the
    signed note as it was published. `extra` is what an application added: believe none of it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def data(self) -> bytes:
        """The receipt as it is handed out, in a file named `*.tlog-proof`."""
        lines = [_FIRST_LINE]
        if self.extra:
            lines.append(f"extra {base64_text(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(base64_text, self.path))
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint


def parse_receipt(data: bytes) -> Receipt:
    """Read a receipt; whether it is true, `verify_receipt` says.

    Raises Refused (SVX301), also for an index that the checkpoint's tree does not have.
    """
    if len(data) > RECEIPT_BYTES:
        raise not_canonical(f"a receipt of more than {RECEIPT_BYTES} bytes")
    head, _, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise not_canonical("a receipt with something other than ASCII in it") from None
    lines.reverse()
    if lines.pop() != _FIRST_LINE:
        raise not_canonical("what should be a receipt does not begin as one")
    extra = None
    if lines and lines[-1].startswith("extra "):
        extra = base64_bytes(lines.pop().removeprefix("extra "))
        if not extra:
            raise not_canonical("a receipt with an empty line of extra data")
    if not lines or not lines[-1].startswith("index "):
        raise not_canonical("a receipt without the index of its entry")
    index = parse_decimal(lines.pop().removeprefix("index "))
    if len(lines) > PATH_HASHES:
        raise not_canonical(f"a receipt with more than {PATH_HASHES} hashes")
    path = tuple(map(parse_hash, reversed(lines)))
    if index >= parse_checkpoint(parse_note(checkpoint).text).size:
        raise not_canonical("a receipt for a leaf beyond the checkpoint's tree")
    return Receipt(index, path, checkpoint, extra)


def verify_receipt(receipt: Receipt, entry: bytes, policy: Policy) -> Trusted:
    """Check that the entry is in a log that the policy trusts, and return what vouches for it.

    Raises Refused: SVX201 or SVX202 where the checkpoint is not to be trusted, SVX101 where the
    entry is not at this place in its tree, SVX301 for the form.
    """
    trusted = policy.open(receipt.checkpoint)
    head = trusted.checkpoint
    verify_inclusion(leaf_hash(entry), receipt.index, head.size, receipt.path, head.root)
    return trusted
