"""What happened, in sentences: the same that the event explorer shows of each event."""

from collections.abc import Sequence
from typing import Any

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import OrganisationRegistered
from svx_ledger.eventlog.record import Recorded
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.projections.sentences import sentence

from .family import Family
from .vouched import PublishedHead
from .wording import moment_text

NOTE = (
    "Written by whoever made this file, from the records in it. The records count, not this\n"
    "text. To check them, with nothing of the ledger: docs/evidence.md, verify.py."
)


def summary_text(
    subject: str,
    family: Family,
    *,
    recorded: Sequence[Recorded],
    withheld: Sequence[int],
    head: PublishedHead,
    viewer: Actor | None,
) -> str:
    """Write what happened with an auction, then what else is known of what it names."""
    at = head.checkpoint
    made_for = "the public" if viewer is None else viewer.principal
    lines = [
        f"Evidence of {subject}",
        NOTE,
        "",
        f"Log {at.origin}, {at.size} events.",
        f"Made for {made_for}: {len(recorded)} records, {len(withheld)} withheld.",
        *_named(recorded),
        "",
        "What happened",
    ]
    own = {family.procurement, family.auction, family.award, family.contract, *family.pledges}
    lines += [_line(one) for one in recorded if one.stream in own]
    lines += ["", "What it names, and the ledger"]
    lines += [_line(one) for one in recorded if one.stream not in own]
    if withheld:
        lines += ["", "Withheld, by position: " + ", ".join(map(str, withheld))]
    return "\n".join(lines) + "\n"


def _named(recorded: Sequence[Recorded]) -> list[str]:
    names = {
        one.stream: one.event.name
        for one in recorded
        if isinstance(one.event, OrganisationRegistered)
    }
    return ["", "Organisations", *(f"  {one}: {names[one]}" for one in sorted(names))]


def _line(one: Recorded) -> str:
    data: dict[str, Any] = shape_of(type(one.event)).encode(one.event)
    said = sentence(one.type, one.stream, data)
    return f"  {one.position} {moment_text(one)} {one.stream}: {said}"
