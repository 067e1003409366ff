"""What a comparison of two epochs came to, in lines for a person: what is gone comes first."""

from svx_ledger.proofs.checks.epoch import EpochVerified
from svx_ledger.proofs.checks.epoch_start import EpochStart

from .log import not_proven_lines, shown, vouched_lines


def epoch_lines(verified: EpochVerified) -> list[str]:
    """Tell what the later log has of the earlier one, and what is on record of that."""
    old, new = verified.old.checkpoint, verified.new.checkpoint
    earlier, later = shown(old.origin), shown(new.origin)
    lines = [f"verified: {later} after {earlier}"]
    for trusted, name in ((verified.old, earlier), (verified.new, later)):
        lines += [f"  {name}: {trusted.checkpoint.size} events", *vouched_lines(trusted)]
    lines += _gone_lines(verified, earlier, later)
    if verified.start is not None:
        lines += _record_lines(verified, verified.start)
    return [*lines, f"proven: {_proven(verified)}.", *not_proven_lines(_unproven(verified))]


def places_text(first: int, end: int) -> str:
    """The positions of the leaves from `first` up to, not including, `end`."""
    return f"position {end}" if end == first + 1 else f"positions {first + 1} to {end}"


def _gone_lines(verified: EpochVerified, earlier: str, later: str) -> list[str]:
    old, new, common = verified.old.checkpoint, verified.new.checkpoint, verified.common
    if common is None:
        return [f"GONE: at least {verified.gone} of {old.size} events of {earlier}"]
    lines = [f"  the first {common} of {old.size} events are in both, at the same positions"]
    if verified.gone:
        where = places_text(common, old.size)
        lines = [f"GONE: {verified.gone} of {old.size} events of {earlier}, {where}", *lines]
    return [*lines, f"  {later} has {new.size - common} events beyond them"]


def _record_lines(verified: EpochVerified, start: EpochStart) -> list[str]:
    record, last, old = start.receipt.record, start.last, verified.old.checkpoint
    ended = f"{shown(old.origin)} ended with {last.size} events"
    lines = [
        f"  on record at position {record.position}: {ended}",
        f"  recorded at {record.recorded_at}, as it says",
        f"  why, as it says: {shown(str(record.data.get('reason', '')))}",
    ]
    if start.gone and last.size > old.size:
        lines.append(f"GONE: {start.gone} of these {last.size} events")
    if before := verified.least_before:
        why = "written on the copy before that was on record, or in place of what is gone"
        stand = f"at least {before} events that cannot be of {shown(old.origin)} stand"
        if start.common is not None:
            stand = f"{before} events, {places_text(start.common, start.leaf)}, stand"
        lines.append(f"LOOK AT: {stand} before it: {why}")
    return lines


def _proven(verified: EpochVerified) -> str:
    old, common, start = verified.old.checkpoint, verified.common, verified.start
    if common is None:
        proven = f"not all of the first {old.size} leaves are the same in both logs"
    else:
        proven = f"the first {common} leaves are the same in both logs"
        if verified.gone:
            proven += f", and the later one lacks the other {verified.gone}"
    if start is not None:
        proven += "; a record of the later one says so, and does not understate this head"
        if start.before == 0:
            proven += ", and no record that the earlier log lacks stands before that one"
    return proven


def _unproven(verified: EpochVerified) -> list[str]:
    start, later = verified.start, shown(verified.new.checkpoint.origin)
    unproven = ["what the records behind the entries say, or that it is true"]
    if verified.common is None:
        unproven.append("which events are gone: for that give the earlier log with its tiles")
    if start is None:
        unproven += [
            "that the operator put the restore on record: give the receipt of that, --started",
            "that no event above this head of the earlier log was signed, and is gone",
        ]
    else:
        unproven.append(
            f"that {start.last.size} events were the last: hold any larger head that somebody "
            "kept to this"
        )
        unproven.append(
            f"that this is the only record in {later} of how it began: somebody else may be "
            "shown another, so compare the position with theirs"
        )
        unproven += _unproven_of(verified, start)
    if not (verified.old.cosigned and verified.new.cosigned):
        unproven.append("that everybody is shown these heads: no witness was asked")
    return unproven


def _unproven_of(verified: EpochVerified, start: EpochStart) -> list[str]:
    unproven, shown_size = [], verified.old.checkpoint.size
    if start.last.size > shown_size and start.gone != 0:
        unproven.append(f"that the head on record goes on from the one of {shown_size} events")
    if start.common is None:
        where = "what was written on the copy before the restore was on record"
        unproven.append(f"how many of the events on record are gone, or {where}")
    if verified.least_before:
        unproven.append(
            "when the events before the record were written: ask for their receipts; one that "
            "says to be older than a dated head of the earlier log was put in afterwards"
        )
    return unproven
