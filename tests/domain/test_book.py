"""The rules of the ledger's own stream, each on either side of its boundary."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from svx_ledger.domain.book import (
    OWN_CLOCK,
    AcceptClockStep,
    Book,
    ClockStepAccepted,
    LedgerOpened,
    LedgerResumed,
    OpenLedger,
    ResumeLedger,
)

from .cast import BIDDER, BUYER, Past
from .outcome import NOON, OPERATOR, World, outcome
from .worked_example import facts

LEDGER = "ledger-b001"
INSTANT = timedelta(microseconds=1)
OPEN = OpenLedger(ledger_id=LEDGER, origin="ledger.example/tests", clock="real")
OPENED = LedgerOpened(
    origin="ledger.example/tests", epoch=1, format=1, hash="sha256", clock="real"
)
HISTORY: Past = [(LEDGER, OPENED)]
ACCEPT = AcceptClockStep(
    ledger_id=LEDGER, reason="The clock was set right", clock_at=NOON, last_recorded_at=NOON
)
ACCEPTED = ClockStepAccepted(
    reason="The clock was set right", clock_at=NOON, last_recorded_at=NOON
)


def test_the_operator_opens_a_ledger_once() -> None:
    elsewhere = replace(OPEN, ledger_id="ledger-b002")

    assert outcome(when=OPEN) == [OPENED]
    assert outcome(when=OPEN, by=BUYER) == "role-not-allowed"
    assert outcome(given=HISTORY, when=elsewhere) == "already-open"


def test_a_refusal_says_which_ledger_is_open_already_and_who_may_act() -> None:
    elsewhere = replace(OPEN, ledger_id="ledger-b002")
    not_the_operator = {"allowed": "operator", "role": "authority.buyer"}

    assert facts(HISTORY, elsewhere, OPERATOR, NOON) == {"ledger": LEDGER}
    assert facts([], OPEN, BUYER, NOON) == not_the_operator
    assert facts(HISTORY, ACCEPT, BUYER, NOON) == not_the_operator


def test_the_operator_accepts_a_step_of_the_clock() -> None:
    assert outcome(given=HISTORY, when=ACCEPT) == [ACCEPTED]
    assert outcome(given=HISTORY, when=ACCEPT, by=BUYER) == "role-not-allowed"


def test_neither_instant_that_a_step_states_is_after_now() -> None:
    clock_ahead = replace(ACCEPT, clock_at=NOON + OWN_CLOCK + INSTANT)
    log_ahead = replace(ACCEPT, last_recorded_at=NOON + INSTANT)

    for ahead in (clock_ahead, log_ahead):
        assert outcome(given=HISTORY, when=ahead) == "clock-fact-ahead"
        assert isinstance(outcome(given=HISTORY, when=ahead, at=NOON + INSTANT), list)


def test_a_refusal_says_which_instant_is_ahead_of_which() -> None:
    ahead = replace(ACCEPT, last_recorded_at=NOON + INSTANT)

    assert facts(HISTORY, ahead, OPERATOR, NOON) == {
        "stated": "2026-03-02T12:00:00.000001Z",
        "now": "2026-03-02T12:00:00.000000Z",
    }


def test_a_ledger_keeps_how_far_the_log_had_come_at_the_last_step() -> None:
    assert World([*HISTORY, (LEDGER, ACCEPTED)]).streams[LEDGER] == Book(
        first_origin="ledger.example/tests",
        epoch=1,
        clock="real",
        steps=1,
        accepted_until=NOON,
    )


MINUTE = timedelta(minutes=1)
FROM, UNTIL = NOON - 30 * MINUTE, NOON - 10 * MINUTE


def out(since: datetime, until: datetime) -> ResumeLedger:
    return ResumeLedger(ledger_id=LEDGER, not_accepting_from=since, accepting_again_at=until)


def was_out(since: datetime, until: datetime) -> LedgerResumed:
    return LedgerResumed(not_accepting_from=since, accepting_again_at=until)


def book_after(*outages: LedgerResumed) -> Book:
    book = World([*HISTORY, *((LEDGER, outage) for outage in outages)]).streams[LEDGER]
    assert isinstance(book, Book)
    return book


def test_the_operator_records_an_outage() -> None:
    assert outcome(given=HISTORY, when=out(FROM, UNTIL)) == [was_out(FROM, UNTIL)]
    assert outcome(given=HISTORY, when=out(FROM, UNTIL), by=BUYER) == "role-not-allowed"
    assert facts(HISTORY, out(FROM, UNTIL), BIDDER, NOON) == {
        "allowed": "operator",
        "role": "supplier.bidder",
    }


def test_an_outage_ends_after_it_began_and_is_over() -> None:
    assert isinstance(outcome(given=HISTORY, when=out(NOON - INSTANT, NOON)), list)
    assert outcome(given=HISTORY, when=out(FROM, FROM)) == "outage-times"
    assert outcome(given=HISTORY, when=out(FROM, NOON + INSTANT)) == "outage-times"
    assert facts(HISTORY, out(FROM, FROM), OPERATOR, NOON) == {
        "not_accepting_from": "2026-03-02T11:30:00.000000Z",
        "accepting_again_at": "2026-03-02T11:30:00.000000Z",
        "now": "2026-03-02T12:00:00.000000Z",
    }


@pytest.mark.parametrize(
    ("since", "until", "twice"),
    [
        (FROM - MINUTE, FROM, False),
        (FROM - MINUTE, FROM + INSTANT, True),
        (UNTIL, UNTIL + MINUTE, False),
        (UNTIL - INSTANT, UNTIL + MINUTE, True),
        (FROM + MINUTE, UNTIL - MINUTE, True),
        (FROM - MINUTE, UNTIL + MINUTE, True),
    ],
)
def test_an_outage_overlaps_no_other(since: datetime, until: datetime, *, twice: bool) -> None:
    given: Past = [*HISTORY, (LEDGER, was_out(FROM, UNTIL))]

    decided = outcome(given=given, when=out(since, until))
    assert decided == "outage-twice" if twice else isinstance(decided, list)
    assert not twice or facts(given, out(since, until), OPERATOR, NOON).keys() == {
        "not_accepting_from",
        "accepting_again_at",
    }


def test_who_records_an_outage_twice_is_told_which() -> None:
    given: Past = [*HISTORY, (LEDGER, was_out(FROM, UNTIL))]

    assert facts(given, out(FROM + MINUTE, UNTIL), OPERATOR, NOON) == {
        "not_accepting_from": "2026-03-02T11:31:00.000000Z",
        "accepting_again_at": "2026-03-02T11:50:00.000000Z",
    }


def test_a_ledger_knows_how_long_it_was_out_in_a_stretch_of_time() -> None:
    first = was_out(FROM, FROM + 5 * MINUTE)
    second = was_out(UNTIL - MINUTE, UNTIL)
    book = book_after(second, first)

    assert book.outages == ((FROM, FROM + 5 * MINUTE), (UNTIL - MINUTE, UNTIL))
    assert book.outage_within(FROM - MINUTE, NOON) == 6 * MINUTE
    assert book.outage_within(FROM + 4 * MINUTE, UNTIL - MINUTE / 2) == 1.5 * MINUTE
    assert book.outage_within(FROM + 5 * MINUTE, UNTIL - MINUTE) == timedelta(0)
    assert book_after().outage_within(FROM, NOON) == timedelta(0)


def test_a_ledger_keeps_its_latest_100_outages() -> None:
    outages = [
        was_out(FROM - 2 * n * MINUTE, FROM - (2 * n - 1) * MINUTE) for n in range(1, 102)
    ]
    kept = book_after(*outages).outages

    assert len(kept) == 100
    assert kept[0] == (FROM - 200 * MINUTE, FROM - 199 * MINUTE)
    assert kept[-1] == (FROM - 2 * MINUTE, FROM - MINUTE)
