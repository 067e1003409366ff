"""Records of types that the demo does not reach, in an envelope with all its parts."""

from collections.abc import Iterator
from datetime import timedelta

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import CommandRef, Row, Trace, write_record
from svx_ledger.eventlog.shapes import shape_of

from .areas import EXAMPLES
from .areas.clock import AT, REACHED

OPERATOR = Actor(
    id="person-operator",
    role="operator",
    organisation="organisation-exchange",
    on_behalf_of="organisation-lantern",
)


def handmade() -> Iterator[Row]:
    """Give the records, in order."""
    for number, (stream, command, event) in enumerate(EXAMPLES, start=1):
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
