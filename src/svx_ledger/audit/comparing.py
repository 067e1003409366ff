"""What was decided again, held against what is on record: the first field that differs."""

from collections.abc import Iterator, Sequence

from svx_ledger.domain.auction.events import BidAccepted, BidRejected
from svx_ledger.domain.kind import Event, fields_of
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.types import stored_name

from .finding import Finding
from .reading import Read

Derived = list[tuple[str, Event]]


def name_of(event: Event) -> str:
    """Return the name of an event's type in findings: as stored, without its version."""
    return stored_name(type(event)).rpartition(".")[0]


def refused(reads: Sequence[Read], refusal: Refusal) -> Finding:
    """Return the finding for a command that the rules refuse and the log has as accepted."""
    first = reads[0]
    return Finding(
        position=first.position,
        stream=first.stream,
        rule=refusal.rule.name,
        recorded=[plain_event(read.event) for read in reads],
        derived={"refused": refusal.rule.name, "facts": dict(refusal.facts)},
    )


def plain_event(event: Event | None) -> object:
    """Return an event as a finding shows it."""
    return event and {"type": stored_name(type(event)), "data": plain_of(event)}


def follows(derived: Derived, reads: Sequence[Read]) -> bool:
    """Whether the events on record are exactly those that were derived."""
    if len(reads) != len(derived):
        return False
    for (stream, event), read in zip(derived, reads, strict=True):
        if read.stream != stream or read.event != event:
            return False
    return True


def differences(derived: Derived, reads: Sequence[Read]) -> Iterator[Finding]:
    """Give what differs: events missing, unfounded, or with another value in a field."""
    n = m = 0
    while n < len(derived) or m < len(reads):
        read = reads[min(m, len(reads) - 1)]
        if n < len(derived) and m < len(reads):
            bid = _judged_otherwise(derived[n], read)
            if bid is not None:
                yield bid
                return  # what followed from the bid differs with it
            if _key(derived[n]) == (read.stream, type(read.event)):
                yield from _fields(derived[n][1], read)
                n, m = n + 1, m + 1
                continue
        left = [_key(made) for made in derived[n:]]
        if m < len(reads) and (read.stream, type(read.event)) not in left:
            assert read.event is not None
            yield Finding(
                position=read.position,
                stream=read.stream,
                rule=f"{name_of(read.event)}-unfounded",
                recorded=plain_event(read.event),
            )
            m += 1
        else:
            stream, event = derived[n]
            yield Finding(
                position=read.position,
                stream=stream,
                rule=f"{name_of(event)}-missing",
                derived=plain_event(event),
            )
            n += 1


def _key(made: tuple[str, Event]) -> tuple[str, type[Event]]:
    return made[0], type(made[1])


def _judged_otherwise(made: tuple[str, Event], read: Read) -> Finding | None:
    """Return the finding for a bid that was accepted and should not have been, or reverse."""
    stream, bid = made
    if stream != read.stream:
        return None
    if isinstance(bid, BidRejected) and isinstance(read.event, BidAccepted):
        rule = bid.rule
    elif isinstance(bid, BidAccepted) and isinstance(read.event, BidRejected):
        rule = "rejected-without-a-rule"
    else:
        return None
    return Finding(
        position=read.position,
        stream=stream,
        rule=rule,
        recorded=plain_event(read.event),
        derived=plain_event(bid),
    )


def _fields(made: Event, read: Read) -> Iterator[Finding]:
    """Give the first field that differs, in the order of the class."""
    for name in fields_of(type(made)):
        said, derived = getattr(read.event, name), getattr(made, name)
        if said != derived:
            field = f"{name_of(made)}.{name}"
            yield Finding(
                position=read.position,
                stream=read.stream,
                rule="rejected-by-another-rule" if field == "bid-rejected.rule" else field,
                recorded=plain_of(said),
                derived=plain_of(derived),
            )
            return
