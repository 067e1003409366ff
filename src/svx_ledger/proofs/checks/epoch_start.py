"""The record that begins a ledger's next epoch, and the head of the last one in it."""

from typing import Final, NamedTuple

from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.finding import Refused, not_canonical
from svx_ledger.proofs.notes.checkpoint import Checkpoint, open_checkpoint
from svx_ledger.proofs.notes.policy import Policy

from .heads import head_of
from .receipt import ReceiptVerified, verify_receipt_of
from .records import Record

EPOCH_STARTED: Final = "epoch-started.v1"
"""The type of the record with which a restored ledger says so."""


class EpochStart(NamedTuple):
    """Such a record in the later log, and the head that it calls the earlier one's last.

    `common` is how many leaves under that head are in the later log; None where that is not
    known, as nobody shows the earlier log that far.
    """

    receipt: ReceiptVerified
    last: Checkpoint
    common: int | None

    @property
    def leaf(self) -> int:
        """The index of the record in the later log."""
        return self.receipt.index

    @property
    def gone(self) -> int | None:
        """How many leaves under the head on record are not in the later log."""
        return None if self.common is None else self.last.size - self.common

    @property
    def before(self) -> int | None:
        """How many leaves, none of the earlier log's, the later one has ahead of this record.

        They were written on the restored copy, or in place of what is gone, when nothing on
        record said that it was restored.
        """
        return None if self.common is None else self.leaf - self.common


def started_epoch(
    data: bytes, policy: Policy, origin: str, epoch: int
) -> tuple[ReceiptVerified, Checkpoint]:
    """Check the receipt of the record that began an epoch, in the log of this origin.

    The head that it carries need be signed by its log alone: the operator may have had it
    before any witness. Raises ValueError for the receipt of another log, event or epoch;
    Refused as `verify_receipt_of` does, and SVX201 and SVX301 for the head that is carried.
    """
    named = head_of(parse_receipt(data).checkpoint).origin
    if named != origin:
        raise ValueError(f"the receipt is of {named}, not of {origin}")
    verified = verify_receipt_of(data, policy)
    record = verified.record
    if record.type != EPOCH_STARTED:
        raise ValueError(f"the receipt is of {record.type}, not of {EPOCH_STARTED}")
    if record.data.get("epoch") != epoch:
        began = record.data.get("epoch")
        raise ValueError(f"the receipt is of what began epoch {began}, not {epoch}")
    carried = _carried(record)
    try:
        # Lines in the names of other logs are no matter of this head, right or wrong.
        last = head_of(carried).origin
        own = [log.key for log in policy.logs if log.key.name == last]
        return verified, open_checkpoint(carried, own)
    except Refused as refused:
        found = refused.finding
        raise Refused(found.code, f"the head on record: {found.detail}") from None


def _carried(record: Record) -> bytes:
    """The signed checkpoint that the record has by its lines."""
    lines = record.data.get("checkpoint")
    if not isinstance(lines, list) or not all(type(line) is str for line in lines):
        raise not_canonical("no lines of a signed checkpoint")
    return "".join(f"{line}\n" for line in lines).encode()
