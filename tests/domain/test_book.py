"""The rules of the ledger's own stream, each on either side of its boundary."""

from dataclasses import replace
from datetime import timedelta

from svx_ledger.domain.book import (
    OWN_CLOCK,
    AcceptClockStep,
    Book,
    ClockStepAccepted,
    LedgerOpened,
    OpenLedger,
)

from .cast import BUYER, Past
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
        origin="ledger.example/tests",
        epoch=1,
        clock="real",
        steps=1,
        accepted_until=NOON,
    )
