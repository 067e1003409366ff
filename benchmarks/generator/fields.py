"""Values for the fields of a message, from their types, from what a state says, or at random.

A field that names a stream gets one that exists, a date one about today, a code or a quantity
one that the things at hand already use: so that a message nobody wrote a builder for says
something that the rules can look at.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import STREAM_NAME, Between, Count, Digits, Matching, StreamOf
from svx_ledger.domain.kind import fields_of
from svx_ledger.domain.private import Private
from svx_ledger.domain.uk_calendar import uk_date

from .world import World

M = TypeVar("M")
TOKEN = "0123456789abcdefghijklmnopqrstuvwxyz"
TEXTS = ("as agreed", "checked against the register", "because the plan changed", "Réunion")


class Said:
    """What one state says: streams by kind, and plain values by type, each once."""

    def __init__(self, state: object) -> None:
        self.streams: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.values: defaultdict[type, dict[Any, None]] = defaultdict(dict)
        self._look(state)

    def _look(self, value: Any) -> None:
        kind = type(value)
        if kind is str:
            named = STREAM_NAME.fullmatch(value)
            if named is None:
                self.values[str][value] = None
            else:
                self.streams[named[1]][value] = None
        elif kind in _PLAIN:
            self.values[kind][value] = None
        elif kind in (tuple, list):
            for inner in value:
                self._look(inner)
        elif kind is frozenset:
            for inner in sorted(value):
                self._look(inner)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                self._look(key)
                self._look(inner)
        elif value is not None:
            for name in fields_of(kind):
                self._look(getattr(value, name))


class Found:
    """What the states at hand say, those that were looked at first before the others."""

    def __init__(self, world: World, *streams: str) -> None:
        self._world = world
        self._said: list[Said] = []
        for stream in streams:
            self.look(stream)

    def look(self, stream: str) -> None:
        """Take in what one more stream says."""
        state = self._world.states.get(stream)
        if state is None:
            return
        version, kept = self._world.versions[stream], self._world.said.get(stream)
        if kept is None or kept[0] != version:
            kept = self._world.said[stream] = version, Said(state)
        said = kept[1]
        assert isinstance(said, Said)
        self._said.append(said)

    def take(self, value: object) -> None:
        """Take in what any other value says."""
        self._said.append(Said(value))

    def streams(self, kind: str) -> list[str]:
        """Return the streams of a kind that were named, in the order of their naming."""
        return list(dict.fromkeys(s for said in self._said for s in said.streams[kind]))

    def values(self, kind: type[M]) -> list[M]:
        """Return the different values of a type, in the order of their naming."""
        return list(dict.fromkeys(v for said in self._said for v in said.values[kind]))


_PLAIN = frozenset({int, bool, Decimal, date, datetime})


Plan = tuple[tuple[str, Any, bool], ...]
_PLANS: dict[type[Any], Plan] = {}


def plan(cls: type[Any]) -> Plan:
    """Return each field of a message class: name, type with marks, whether it is optional."""
    known = _PLANS.get(cls)
    if known is None:
        hints = get_type_hints(cls, include_extras=True)
        known = _PLANS[cls] = tuple(
            (f.name, hints[f.name], f.default is not MISSING) for f in fields(cls)
        )
    return known


def stream_kind(hint: Any) -> str | None:
    """Return the kind of stream that a field names, if it names one."""
    marks = _marks(hint)[1]
    stream = next((mark for mark in marks if isinstance(mark, StreamOf)), None)
    return stream.kind if stream else None


def new_stream(kind: str, rng: Random) -> str:
    """Return a name that nothing has yet, as good as certainly."""
    return f"{kind}-{''.join(rng.choices(TOKEN, k=14))}"


def value_for(hint: Any, rng: Random, world: World, found: Found) -> Any:
    """Return a value of a field's type that has to do with what was found, if it can."""
    hint, marks = _marks(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return None if rng.random() < 0.4 else value_for(inner, rng, world, found)
    if origin is Literal:
        return rng.choice(arguments)
    if origin is tuple:
        count = _mark(marks, Count) or Count(0, 3)
        size = min(count.most, max(count.least, rng.choice((0, 1, 1, 1, 2))))
        return tuple(value_for(arguments[0], rng, world, found) for _ in range(size))
    if origin is not None and issubclass(origin, Mapping):
        return {}
    if is_dataclass(hint) and isinstance(hint, type):
        return value_of(hint, rng, world, found)
    return _scalar(hint, marks, rng, world, found)


def value_of(cls: type[Any], rng: Random, world: World, found: Found, /, **given: Any) -> Any:
    """Return a value of a dataclass with these fields given and the others drawn."""
    if cls is Private:
        return Private(text=rng.choice(TEXTS), salt=rng.randbytes(32).hex())
    stated = {
        name: given[name] if name in given else value_for(hint, rng, world, found)
        for name, hint, optional in plan(cls)
        if name in given or not optional or rng.random() < 0.7
    }
    return cls(**stated)


def _scalar(hint: Any, marks: list[Any], rng: Random, world: World, found: Found) -> Any:  # noqa: PLR0917 - all of one thing
    today = uk_date(world.next_instant())
    if hint is str:
        return _text(marks, rng, world, found)
    if hint is bool:
        return rng.random() < 0.5
    if hint is date:
        days = (0, 0, 0, -1, 1, -30, 30, 400)
        return _either(found.values(date), rng) or today + timedelta(days=rng.choice(days))
    if hint is datetime:
        ahead = timedelta(seconds=rng.choice((0, 0, -60, 60, 3600, 86_400, 8 * 86_400)))
        return _either(found.values(datetime), rng) or world.next_instant() + ahead
    between = _mark(marks, Between)
    if hint is int:
        number = _either(found.values(int), rng) or rng.choice((0, 1, 1, 1, 2, 3, 100, 50_000))
        return _within(number, between)
    assert hint is Decimal
    digits = _mark(marks, Digits) or Digits(12, 6)
    amount = _either(found.values(Decimal), rng) or Decimal(rng.choice(("1", "1", "2", "0.5")))
    if between is not None:
        amount = min(max(amount, Decimal(between.least)), Decimal(between.most))
    return round(amount, digits.places) if amount % 1 else amount


def _text(marks: list[Any], rng: Random, world: World, found: Found) -> str:
    if stream := _mark(marks, StreamOf):
        return existing(stream.kind, rng, world, found)
    if matching := _mark(marks, Matching):
        compiled = matching.compiled
        if kinds := _kinds_matching(matching, world):
            return existing(rng.choice(kinds), rng, world, found)
        known = [text for text in found.values(str) if compiled.fullmatch(text)]
        if known and rng.random() < 0.7:
            return str(rng.choice(known))
        return _matching(matching, rng)
    return rng.choice(TEXTS)


def existing(kind: str, rng: Random, world: World, found: Found) -> str:
    """Return a stream of this kind: one at hand, or else a recent one, or one that is not."""
    if (near := found.streams(kind)) and rng.random() < 0.8:
        return rng.choice(near)
    if streams := world.by_kind[kind]:
        return recent(streams, rng)
    return new_stream(kind, rng)


def recent(streams: list[str], rng: Random) -> str:
    """Return one of these, a late one rather than an early one."""
    return streams[-1 - int(len(streams) * rng.random() ** 2)]


def _kinds_matching(matching: Matching, world: World) -> list[str]:
    """Return the kinds whose streams a pattern is about, where it is about streams."""
    if "-" not in matching.pattern or matching.compiled.fullmatch("no-stream-but-text"):
        return []
    known = ((kind, streams) for kind, streams in world.by_kind.items() if streams)
    return [kind for kind, streams in known if matching.compiled.fullmatch(streams[0])]


def _matching(matching: Matching, rng: Random) -> str:
    token = "".join(rng.choices("0123456789abcdef", k=64))
    for text in (
        token,
        token[:12],
        token[:12].upper(),
        f"ocds-abc123-{token[:12]}",
        "gbp",
        f"organisation-{token[:12]}",
        "read",
        f"log.example+{token[:8]}+AQ{token[:42]}",
    ):
        if matching.compiled.fullmatch(text):
            return text
    raise LookupError(f"no text is known that matches {matching.pattern}")


def _either(known: list[M], rng: Random) -> M | None:
    return rng.choice(known) if known and rng.random() < 0.5 else None


def _within(number: int, between: Between | None) -> int:
    if between is None:
        return number
    return int(min(max(number, between.least), between.most))


def _marks(hint: Any) -> tuple[Any, list[Any]]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return inner, marks
    if get_origin(hint) in (Union, UnionType):
        inner = next(argument for argument in get_args(hint) if argument is not NoneType)
        return hint, _marks(inner)[1]
    return hint, []


def _mark(marks: list[Any], kind: type[M]) -> M | None:
    return next((mark for mark in marks if isinstance(mark, kind)), None)
