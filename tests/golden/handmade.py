"""Records of types that the demo does not reach, in an envelope with all its parts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import ClockStepAccepted
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import CommandRef, Row, Trace, write_record
from svx_ledger.eventlog.shapes import shape_of

AT = datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC)
REACHED = AT + timedelta(hours=1)
"""What the log had reached while the clock was wrong."""
EVENTS: tuple[tuple[str, str, Event], ...] = (  # stream, command, event
    (
        "ledger-demo",
        "AcceptClockStep",
        ClockStepAccepted(
            reason="The clock of the crisis café's server was set right (fictional)",
            clock_at=AT,
            last_recorded_at=REACHED,
        ),
    ),
)
OPERATOR = Actor(
    id="person-operator",
    role="operator",
    organisation="organisation-exchange",
    on_behalf_of="organisation-lantern",
)


def handmade() -> Iterator[Row]:
    """Give the records, in order."""
    for number, (stream, command, event) in enumerate(EVENTS, start=1):
        yield write_record(
            position=1_000_000 + number,
            stream=stream,
            version=1 + number,
            recorded_at=REACHED + timedelta(microseconds=number),
            actor=shape_of(Actor).encode(OPERATOR),
            command=CommandRef(f"handmade-{number}", command, f"{number:064x}", 1, 1),
            trace=shape_of(Trace).encode(
                Trace(
                    received_at=AT,
                    causation=f"handmade-{number - 1}",
                    correlation="handmade",
                    request=f"request-{number}",
                )
            ),
            prev=bytes(range(32)),
            salt=bytes(range(number, number + 16)),
            event=event,
        )
