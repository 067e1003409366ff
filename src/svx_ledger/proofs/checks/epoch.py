"""Two epochs of one ledger: what of the log before a restore is still in the log after it.

After a restore the log X goes on as X/2, which is another log: no signature ties them together.
Their trees do. What the restored copy had is the beginning of both, leaf for leaf; where that
ends, the rest of X is gone. And the record that began X/2 carries the head of X that the
operator calls its last, to which any other head of X can be held.
"""

from dataclasses import dataclass

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.policy import Policy, Trusted

from .epoch_start import EpochStart, started_epoch
from .heads import epoch_order, head_of, require_not_behind, same_ledger
from .receipt import ReceiptVerified
from .shown_logs import ShownLog, Side, common_of, possible, side_of


@dataclass(frozen=True, slots=True)
class EpochVerified:
    """How far two epochs of one ledger are the same, and what the later one says of that.

    `common` is how many leaves they begin with alike. None where that is not known: there is
    only a head of the earlier log, and the later one does not begin with all of its leaves.
    """

    old: Trusted
    new: Trusted
    common: int | None
    start: EpochStart | None

    @property
    def most_common(self) -> int:
        """How many that is at most: fewer than all, and none from the new epoch's record on."""
        if self.common is not None:
            return self.common
        assert self.start is not None  # else leaves were gone without a word
        return min(self.old.checkpoint.size - 1, self.start.leaf)

    @property
    def least_before(self) -> int:
        """How many leaves ahead of the new epoch's record cannot be the earlier log's.

        At least: it is `start.before` where that is known.
        """
        assert self.start is not None
        if self.start.before is not None:
            return self.start.before
        most = self.most_common if self.common is None else self.start.last.size - 1
        return max(0, self.start.leaf - most)

    @property
    def gone(self) -> int:
        """How many leaves of the earlier log are not in the later one; without tiles, at least.

        A record says its own position, so it is nowhere else in the later log either.
        """
        return self.old.checkpoint.size - self.most_common


def verify_epoch(
    old: ShownLog, new: ShownLog, policy: Policy, started: bytes | None = None
) -> EpochVerified:
    """Check what a log after a restore has of the log before it.

    `started` is the receipt, with its record, of the `epoch-started` event that followed the
    earlier log. Leaves that are gone are accepted where that record tells of them honestly.

    Raises ValueError for logs that are not two epochs of one ledger in their order, for a later
    log without tiles, and for a receipt of something else. Raises Refused: SVX201 or SVX202
    where a head or the receipt is not to be trusted; SVX401 where leaves are gone and nobody
    shows the record of that; SVX102, SVX103 and SVX104 as `_require_honest` says, or where the
    log that is shown does not go on from the head in the receipt; SVX102 also where the later
    log cannot have even the first leaf, or the earlier one has the record that ended it; SVX104
    for a head of no leaves with another root than theirs; and what reading the trees raises.
    """
    epoch = _epoch_after(head_of(old.note).origin, head_of(new.note).origin)
    if new.log is None:
        raise ValueError("of the later log tiles are needed: give its address or folder")
    opened = policy.open(old.note), policy.open(new.note)
    older = side_of(opened[0].checkpoint, old.log)
    newer = side_of(opened[1].checkpoint, new.log)
    common = common_of(older, newer)
    if started is None:
        _require_all(older.head, newer.head, common)
        return EpochVerified(*opened, common, None)
    receipt, last = started_epoch(started, policy, newer.head.origin, epoch)
    _require_in(newer, receipt)
    _require_honest(possible(last), older, newer)
    start = EpochStart(receipt, last, _common_on_record(last, common, older, newer))
    compared = EpochVerified(*opened, common, start)
    if older.head.size and compared.most_common == 0:
        detail = f"{newer.head.origin} has not even the first leaf of {older.head.origin}"
        raise Refused(Code.HISTORY_REWRITTEN, detail, 0)
    if common is not None and start.leaf < common:
        detail = f"{older.head.origin} was signed over the record that ended it"
        raise Refused(Code.HISTORY_REWRITTEN, detail, start.leaf)
    return compared


def _epoch_after(old: str, new: str) -> int:
    """Which epoch comes after that of the earlier log: 2 after the first name of a ledger.

    Raises ValueError where the two are not epochs of one ledger, the earlier one first.
    """
    earlier, later = epoch_order(old), epoch_order(new)
    if old == new or not same_ledger(old, new):
        raise ValueError(f"{old} and {new} are not two epochs of one ledger, such as X and X/2")
    if earlier > later:
        raise ValueError(f"{old} is a later epoch than {new}: give the earlier one first")
    first_name = earlier[0] < later[0]
    return 2 if first_name else earlier[1] + 1


def _require_all(older: Checkpoint, newer: Checkpoint, common: int | None) -> None:
    """Refuse (SVX401) a later log that lacks leaves, where no record of a restore is shown."""
    if common == older.size:
        return
    alike = "not all" if common is None else f"only the first {common}"
    detail = (
        f"{alike} of the {older.size} leaves of {older.origin} are in {newer.origin}, and no "
        "record of a restore is given: --started, the receipt of its epoch-started event"
    )
    raise Refused(Code.WITHHELD, detail, common)


def _require_in(newer: Side, receipt: ReceiptVerified) -> None:
    """Hold the log that is shown to the head in the receipt, as both are the operator's."""
    head = receipt.trusted.checkpoint
    require_not_behind(head, newer.head)
    if not newer.begins_with(head):
        detail = f"{newer.head.origin} does not go on from the head in the receipt"
        raise Refused(Code.HISTORY_REWRITTEN, detail)


def _require_honest(last: Checkpoint, older: Side, newer: Side) -> None:
    """Hold the head that is on record as the last of the earlier log to the one that was shown.

    Raises Refused: SVX201 for a head of another log; SVX104 where one size has two roots;
    SVX102 where one does not go on from the other, as far as there are tiles to compute that
    from; SVX103 where more was signed than is on record, so that it understates what was lost.
    """
    head = older.head
    if last.origin != head.origin:
        detail = f"the head on record is of {last.origin!r}, not of {head.origin!r}"
        raise Refused(Code.KEY_UNKNOWN, detail)
    if last.size == head.size and last.root != head.root:
        detail = f"the head of {last.size} leaves on record has another root than this one"
        raise Refused(Code.TWO_ROOTS, detail)
    if last.size < head.size:
        if older.node is not None and not older.begins_with(last):
            detail = f"it does not go on from the head of {last.size} leaves on record"
            raise Refused(Code.HISTORY_REWRITTEN, f"{head.origin}: {detail}")
        detail = f"{head.size} leaves of {head.origin} were signed, {last.size} are on record"
        raise Refused(Code.LOG_SHRANK, detail, last.size)
    if newer.begins_with(last) and not newer.begins_with(head):
        detail = f"the head of {last.size} leaves on record does not go on from this one"
        raise Refused(Code.HISTORY_REWRITTEN, f"{head.origin}: {detail}")


def _common_on_record(
    last: Checkpoint, common: int | None, older: Side, newer: Side
) -> int | None:
    """How many leaves under the head on record are in the later log; None where unknown."""
    if newer.begins_with(last):
        return last.size
    known = older.head.size == last.size or (common is not None and common < older.head.size)
    return common if known else None
