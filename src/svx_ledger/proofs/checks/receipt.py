"""A receipt with its record: this event, word for word, is in the log that was signed."""

from typing import NamedTuple

from svx_ledger.proofs.files.receipt import parse_receipt, verify_receipt
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.policy import Policy, Trusted
from svx_ledger.proofs.tree.merkle import entry_of

from .records import Record, parse_record


class ReceiptVerified(NamedTuple):
    """A record that is in a log which is trusted, at leaf `index`."""

    index: int  # type: ignore[assignment]  # hides a method of tuples that nobody needs here
    record: Record
    trusted: Trusted


def verify_receipt_of(
    data: bytes, policy: Policy, record: bytes | None = None
) -> ReceiptVerified:
    """Check a receipt for a record: the one given, else the one that comes with it.

    Raises Refused: SVX201 or SVX202 where its head is not to be trusted; SVX101 where another
    record stands at this place, also where the receipt itself carries another one; SVX401
    without a record; SVX301 for the form of either, also of a record that is in the log.
    """
    receipt = parse_receipt(data)
    given = receipt.extra if record is None else record
    if given is None:
        raise Refused(Code.WITHHELD, "the receipt came without its record", receipt.index)
    trusted = verify_receipt(receipt, entry_of(given), policy)
    if receipt.extra not in (None, given):
        detail = "the receipt carries another record than the one that was given"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail, receipt.index)
    read = parse_record(given)
    if read.position != receipt.index + 1:
        detail = f"its record says position {read.position}"
        raise Refused(Code.ENTRY_NOT_IN_TREE, detail, receipt.index)
    return ReceiptVerified(receipt.index, read, trusted)
