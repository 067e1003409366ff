"""Frozen events again, with the parts that no other example has. Everything is fictional."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from svx_ledger.domain.assessment import Band
from svx_ledger.domain.award.events import Ground
from svx_ledger.domain.kind import Event
from svx_ledger.domain.observation.stated import Stated, StatedParty, StatedTime
from svx_ledger.eventlog.record import read_record
from tests.golden import golden

RATE = Decimal("0.00025")
DIGEST = "c3" * 32
NOON = StatedTime(text="2026-10-16T12:00:00Z", at=datetime(2026, 10, 16, 12, tzinfo=UTC))
DAY = StatedTime(text="2026-10-16", on=date(2026, 10, 16))
CUT = Stated(text="A title that was longer (fictional)", published_sha256=DIGEST)


def _first(name: str) -> tuple[str, str, Any]:
    line = next(line for line in golden() if line.type == name)
    recorded = read_record(line.row)
    return recorded.stream, recorded.command.type, recorded.event


def _also(name: str, **parts: object) -> tuple[str, str, Event]:
    stream, command, event = _first(name)
    return stream, command, replace(event, **parts)


def _lines_at_a_rate(name: str, **parts: object) -> tuple[str, str, Event]:
    stream, command, event = _first(name)
    lines = tuple(replace(line, **parts) for line in event.lines)
    return stream, command, replace(event, lines=lines)


def _published(name: str, **parts: object) -> tuple[str, str, Event]:
    stream, command, event = _first(name)
    source = replace(event.source, publisher=CUT)
    return stream, command, replace(event, source=source, **parts)


def _in_bands(name: str) -> tuple[str, str, Event]:
    stream, command, event = _first(name)
    terms = replace(
        event.terms,
        social_value_score="banded",
        bands=(Band(points=Decimal(5), at_least_pence=100_000),),
        target_points=Decimal(40),
    )
    return stream, command, replace(event, terms=terms)


EVENTS: tuple[tuple[str, str, Event], ...] = (
    _also("interest-declared.v1", declarer_id="organisation-heron"),
    _published("procurement-observed.v1", buyer=StatedParty(name=CUT, scheme="GB-LAE")),
    _published(
        "notice-recorded.v1",
        buyer=StatedParty(name=CUT),
        dated=DAY,
        title=CUT,
        deadline=NOON,
        starts=NOON,
        ends=NOON,
    ),
    _also("notice-recorded.v1", deadline=DAY, ends=DAY),
    _published(
        "published-award-recorded.v1",
        suppliers=(StatedParty(name=CUT),),
        dated=NOON,
        released=DAY,
        title=CUT,
    ),
    _in_bands("auction-drafted.v1"),
    _lines_at_a_rate("bid-rejected.v1", rate=RATE),
    _also(
        "award-recommended.v1",
        grounds=(Ground(supplier_id="organisation-heron", reason="Withdrew its tender"),),
    ),
    _lines_at_a_rate("variation-requested.v1", rate=RATE),
    _lines_at_a_rate("contract-varied.v1", rate=RATE, rate_was=Decimal("0.0003")),
    _also("contract-completed.v1", reason="All of it was done before the end of its period"),
    _also("delivery-claimed.v1", shown_before=True),
    _also("pledge-varied.v1", rate=RATE, cap=Decimal(900), reference=Decimal(750)),
)
