"""What a check came to, in lines for a person: what is proven, and what is not.

Texts from files are shown with everything but plain characters escaped, so that none can move
the cursor or pass itself off as a line of ours.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from svx_ledger.proofs.checks.growth import GrowthVerified
from svx_ledger.proofs.checks.heads import epoch_order
from svx_ledger.proofs.checks.log import LogVerified
from svx_ledger.proofs.checks.receipt import ReceiptVerified
from svx_ledger.proofs.checks.records import Record
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.proofs.notes.policy import Trusted


def shown(text: str) -> str:
    r"""A text as it can be printed anywhere: what is not printable as `\x1b` or `\u202e`."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def log_lines(
    verified: LogVerified, epochs: Iterable[Checkpoint] = (), file: Path | None = None
) -> list[str]:
    """Tell that a log is verified, and the `file` in which its head is kept now.

    `epochs` are remembered heads of its ledger's other logs.
    """
    head, kept = verified.head, verified.kept
    lines = [f"verified: {shown(head.origin)}, {head.size} events"]
    lines += vouched_lines(verified.trusted)
    proven = "the log has exactly these entries in this order, as they were signed"
    if kept is not None:
        lines.append(f"  remembered: its head of {kept.size} events")
        proven += f"; of the first {kept.size} nothing was changed since they were remembered"
    if file is not None:
        lines.append(f"  kept in {shown(str(file))}")
    unproven = [
        "what the records behind the entries say, or that it is true",
        "that there never was an event above this head that was cut off",
    ]
    if kept is None:
        unproven.append("that it goes on from what was shown before: remember a head for that")
    return [
        *lines,
        f"proven: {proven}.",
        *not_proven_lines(
            [*unproven, *_epochs(head, epochs), *_alone(verified.trusted)],
        ),
    ]


def _epochs(head: Checkpoint, others: Iterable[Checkpoint]) -> list[str]:
    """Nothing signed ties one epoch to the next: a new one is a new log."""
    name, order = shown(head.origin), epoch_order(head.origin)
    lines = []
    for other in others:
        earlier = epoch_order(other.origin) < order
        what = "goes on from" if earlier else "was not given up for"
        remembered = f"of which {other.size} events are remembered"
        lines.append(f"that {name} {what} {shown(other.origin)}, {remembered}")
    return lines


def receipt_lines(verified: ReceiptVerified) -> list[str]:
    """Tell that a receipt is verified, and what its record says."""
    record, head = verified.record, verified.trusted.checkpoint
    proven = f"exactly this record was in the log, at position {record.position}"
    return [
        f"verified: event {record.position} of {shown(head.origin)}",
        f"  record: {shown(record.type)}, version {record.version} of {shown(record.stream)}",
        f"  recorded at {record.recorded_at}, as it says",
        *_said_lines(record),
        f"  leaf {verified.index} of {head.size}",
        *vouched_lines(verified.trusted),
        f"proven: {proven}, when this head was signed.",
        *not_proven_lines(
            [
                "that what the record says is true, or that it was recorded when it says",
                "that the log still has it: verify the log for that",
                *_alone(verified.trusted),
            ]
        ),
    ]


def _said_lines(record: Record) -> Iterator[str]:
    """What a record says, a line for each of its own fields, in their own names and units."""
    if record.data:
        yield "  it says:"
    for name, value in record.data.items():
        text = value if isinstance(value, str) else _compact(value)
        yield f"    {shown(name)}: {shown(text)}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def growth_lines(verified: GrowthVerified) -> list[str]:
    """Tell that one head goes on from another."""
    older, newer = verified.older, verified.newer
    return [
        f"verified: {shown(newer.origin)} went from {older.size} to {newer.size} events",
        f"  proof of {len(verified.path)} hashes",
        f"proven: the first {older.size} events are the same under both heads.",
        *not_proven_lines(["what the events are: verify the log for that"]),
    ]


def vouched_lines(trusted: Trusted) -> list[str]:
    """Who signed a head, and when witnesses saw it."""
    lines = [f"  root {base64_text(trusted.checkpoint.root)}"]
    lines += [f"  signed by {shown(key)}" for key in trusted.log_keys]
    lines += [
        f"  cosigned by {shown(name)} at {time_text(seconds)}"
        for name, seconds in sorted(trusted.cosigned.items())
    ]
    return lines


def _alone(trusted: Trusted) -> list[str]:
    if trusted.cosigned:
        return []
    return ["that everybody is shown this head, or when it was made: no witness was asked"]


def not_proven_lines(things: Iterable[str]) -> list[str]:
    """What a check leaves open, a line each."""
    return [f"not proven: {thing}." for thing in things]


def time_text(seconds: int) -> str:
    """Unix seconds as a time in UTC; seconds where no calendar has it."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"
