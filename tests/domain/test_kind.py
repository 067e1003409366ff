"""What every kind of stream does the same: folding, deadlines, and commands by their fields."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from svx_ledger.domain.kind import Claim, Command, Event, States, StreamKind, fields_of
from svx_ledger.domain.vocabulary import KINDS, kind_of

from .outcome import NOON

LAMP = "lamp-0001"
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    """The first event of a lamp."""

    lit_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LampTrimmed(Event):
    """A later event of a lamp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KettleBoiled(Event):
    """An event of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """What is known of a lamp."""

    lit_by: str
    trimmed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimLamp(Command):
    """What the clock asks of a lamp."""

    lamp_id: str
    reason: str


def evolve(lamp: Lamp | None, event: LampLit | LampTrimmed) -> Lamp:
    if isinstance(event, LampLit):
        assert lamp is None
        return Lamp(lit_by=event.lit_by)
    assert lamp is not None
    return replace(lamp, trimmed=lamp.trimmed + 1)


def due(lamp: Lamp, stream: str) -> tuple[datetime, Command]:
    return NOON + (lamp.trimmed + 1) * AN_HOUR, TrimLamp(lamp_id=stream, reason=lamp.lit_by)


EVENTS: tuple[type[LampLit | LampTrimmed], ...] = (LampLit, LampTrimmed)
LIT = LampLit(lit_by="person-lamplighter")
BURNING = Lamp(lit_by="person-lamplighter")


def kind() -> StreamKind:
    return StreamKind("lamp", Lamp, EVENTS, evolve, due=due)


def test_a_kind_has_a_name_and_events() -> None:
    lamps = kind()

    assert (lamps.name, lamps.events) == ("lamp", EVENTS)


def test_each_event_is_folded_into_the_state_before_it() -> None:
    lamps = kind()

    assert lamps.evolve(None, LIT) == BURNING
    assert lamps.evolve(BURNING, LampTrimmed()) == replace(BURNING, trimmed=1)


def test_an_event_of_another_kind_is_not_skipped_in_silence() -> None:
    with pytest.raises(TypeError, match=r"^KettleBoiled is not an event of lamp streams$"):
        kind().evolve(BURNING, KettleBoiled())


def test_no_event_is_folded_into_the_state_of_another_kind() -> None:
    with pytest.raises(TypeError, match=r"^str is not the state of lamp streams$"):
        kind().evolve("a kettle", LampTrimmed())


def test_what_falls_due_is_asked_of_the_state_and_the_stream() -> None:
    lamps, undying = kind(), StreamKind("lamp", Lamp, EVENTS, evolve)

    assert lamps.due(replace(BURNING, trimmed=1), LAMP) == (
        NOON + 2 * AN_HOUR,
        TrimLamp(lamp_id=LAMP, reason="person-lamplighter"),
    )
    assert lamps.due(None, LAMP) is None
    assert undying.due(BURNING, LAMP) is None


def test_the_first_field_of_a_command_names_its_stream() -> None:
    assert TrimLamp(lamp_id=LAMP, reason="Soot").target() == LAMP


def test_the_fields_of_a_class_are_asked_in_order_and_are_the_same_again() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Unheard:
        second: int
        first: int

    assert fields_of(Unheard) == ("second", "first")
    assert fields_of(Unheard) == ("second", "first")


def test_a_state_that_was_not_read_is_no_state() -> None:
    states = States({LAMP: BURNING, "lamp-0002": None})

    assert states.of(Lamp, LAMP) == BURNING
    for stream, sort in ((LAMP, Claim), ("lamp-0002", Lamp), ("lamp-0003", Lamp)):
        with pytest.raises(LookupError, match=f"^{stream} was not read as {sort.__name__}$"):
            states.of(sort, stream)


@pytest.mark.parametrize("stream", ["nobody in particular", "lamp-0001"])
def test_a_name_that_states_no_kind_of_stream_is_a_fault(stream: str) -> None:
    with pytest.raises(LookupError, match=f"^no kind of stream is called as in '{stream}'$"):
        kind_of(stream)
    assert kind_of("need-n001") is KINDS["need"]
