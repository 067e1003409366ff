"""What is decided is what a command says, in whatever form its values were given."""

from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import Book, OpenLedger, ResumeLedger
from svx_ledger.domain.indicator import ObserveIndicator
from svx_ledger.domain.values import EXACT, exactly
from svx_ledger.eventlog.commands import as_written, command_bytes
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Refusal, Sequenced, SimulatedClock

OPERATOR = Actor(id="person-0p3r", role="operator", organisation="organisation-svx0")
LEDGER = "ledger-form"
ZONES = (UTC, ZoneInfo("Europe/London"), ZoneInfo("America/New_York"))
"""On 25 October 2026 the clocks of London go back, at 01:00 UTC."""


def at(hour: int, minute: int, zone: Any = UTC) -> datetime:
    return datetime(2026, 10, 25, hour, minute, tzinfo=UTC).astimezone(zone)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_zone_decides_nothing(tmp_path: Path, zone: Any) -> None:
    """Python compares two instants of one zone by the wall clock, across a change, too."""

    def outage(begins: datetime, ends: datetime) -> ResumeLedger:
        return ResumeLedger(
            ledger_id=LEDGER, not_accepting_from=begins, accepting_again_at=ends
        )

    with closing(open_store(f"sqlite:///{tmp_path}/forms.db")) as store:
        store.create()
        with Ledger(store, clock=SimulatedClock(at(3, 0, zone))) as ledger:
            opening = OpenLedger(ledger_id=LEDGER, origin="ledger.example/f", clock="simulated")
            opened = ledger.execute(opening, OPERATOR, "a")
            assert isinstance(opened, Sequenced)
            assert opened.recorded_at.tzinfo is UTC
            backwards = ledger.execute(outage(at(1, 10, zone), at(0, 40, zone)), OPERATOR, "b")
            assert isinstance(backwards, Refusal)
            assert backwards.rule.name == "outage-times"
            done = ledger.execute(outage(at(0, 45, zone), at(2, 15, zone)), OPERATOR, "c")
            assert isinstance(done, Sequenced)
            known = ledger.state(Book, LEDGER)
        with Ledger(store, clock=SimulatedClock(at(3, 0))) as again:
            read = again.state(Book, LEDGER)
    assert known is not None
    assert read is not None
    window = at(0, 30), at(3, 0)
    assert known.outage_within(*window) == read.outage_within(*window)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_simulated_time_moves_forward_in_any_zone(zone: Any) -> None:
    clock = SimulatedClock(at(0, 50, zone))
    clock.advance_to(at(1, 10, zone))

    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance_to(at(0, 50, zone))
    assert clock.wall() == at(1, 10)


def test_a_quantity_is_decided_on_in_its_one_form() -> None:
    given = [
        ObserveIndicator(
            indicator_id="indicator-0000",
            recorder_id="organisation-0000",
            area="E12000007",
            indicator="jobs",
            period_from=at(0, 0).date(),
            period_to=at(0, 0).date(),
            value=Decimal(form),
            unit="jobs",
            source="s",
        )
        for form in ("85", "85.000", "8.5E+1")
    ]

    assert len({command_bytes(one) for one in given}) == 1
    assert {str(as_written(one)[1].value) for one in given} == {"85"}  # type: ignore[attr-defined]


def test_an_actor_who_only_looks_like_one_is_refused_whoever_came_before(
    tmp_path: Path,
) -> None:
    class Roles(StrEnum):
        OPERATOR = "operator"

    likeness = Actor(
        id=OPERATOR.id,
        role=Roles.OPERATOR,  # type: ignore[arg-type]
        organisation=OPERATOR.organisation,
    )
    opening = OpenLedger(ledger_id=LEDGER, origin="ledger.example/f", clock="simulated")
    with closing(open_store(f"sqlite:///{tmp_path}/forms.db")) as store:
        store.create()
        with Ledger(store, clock=SimulatedClock(at(3, 0))) as ledger:
            ledger.execute(opening, OPERATOR, "a")
            refused = ledger.execute(opening, likeness, "b")

    assert isinstance(refused, Refusal)
    assert refused.rule.name == "wrong-type"


def test_the_facts_of_a_refusal_are_as_they_are_remembered(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/forms.db")) as store:
        store.create()
        with Ledger(store, clock=SimulatedClock(at(3, 0))) as ledger:
            opening = OpenLedger(ledger_id=LEDGER, origin="ledger.example/f", clock="simulated")
            ledger.execute(opening, OPERATOR, "a")
            late = ResumeLedger(
                ledger_id=LEDGER, not_accepting_from=at(3, 10), accepting_again_at=at(3, 20)
            )
            first, again = (ledger.execute(late, OPERATOR, "b") for _ in range(2))

    assert isinstance(first, Refusal)
    assert isinstance(again, Refusal)
    assert len(first.facts) > 1
    assert str(first) == str(again)


def test_the_context_of_decimals_is_that_of_the_rules() -> None:
    @exactly()
    def added() -> Decimal:
        return Decimal("123456.789") + Decimal("0.001")

    with localcontext() as narrow:
        narrow.prec = 3
        assert added() == Decimal("123456.790")
        assert narrow.prec == 3
    assert EXACT.prec == 60
