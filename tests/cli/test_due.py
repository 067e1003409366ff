"""Deadlines are written by whoever writes next, and shown as passed before that."""

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.eventlog.store import NotRead
from svx_ledger.ledger.ticker import Ticker
from tests.projections.deal import Deal

from .conftest import OPERATOR_TEXT, Example, Run, played, to_the_bids

DUE = "Its close is written with the next command, or by `svx-ledger tick`."
REGISTER = (
    "organisation", "register", "organisation-abcd", "--name", "X", "--side", "supplier",
    "--identifier", "scheme=GB-COH,id=1",
)  # fmt: skip


@pytest.fixture
def passed(svx: Run, monkeypatch: pytest.MonkeyPatch) -> Deal:
    """An auction with real time whose close has passed, and nobody has written it."""
    del svx  # which begins in an empty folder
    deal = played("sqlite:///svx.db", to_the_bids, "real")
    monkeypatch.setenv("SVX_ACTOR", OPERATOR_TEXT)
    return deal


def types(svx: Run) -> list[str]:
    """The types of all events, in order."""
    return [event["type"] for event in svx("events", "--json").lines]


def test_what_is_due_is_shown_as_closed_and_not_yet_written(svx: Run, passed: Deal) -> None:
    own = ("--as", passed.rival, "--actor", f"supplier.bidder:{passed.rival}/person-1")
    board = svx("auction", "board", passed.auction)
    shown = svx("show", passed.auction, "--json").json

    assert f"of {passed.procurement}: closed" in board.out
    assert DUE in board.out
    assert DUE in svx("auction", "board", passed.auction, *own).out
    assert shown["state"]["phase"] == "closed"
    assert "auction-closed.v1" not in types(svx)


def test_an_open_auction_has_no_close_to_write(svx: Run, bidding: Example) -> None:
    ledger = ("--ledger", bidding.url)

    assert DUE not in svx("auction", "board", bidding.deal.auction, *ledger).out
    assert "  phase: open\n" in svx("show", bidding.deal.auction, *ledger).out


def test_a_tick_writes_it_once(svx: Run, passed: Deal) -> None:
    first, again = svx("tick"), svx("tick", "--json")
    board = svx("auction", "board", passed.auction)

    assert (first.code, first.out) == (Exit.DONE, "1 written\n")
    assert again.json == {"written": 0}
    assert "ranked" in board.out
    assert DUE not in board.out
    assert types(svx)[-2:] == ["auction-closed.v1", "bids-ranked.v1"]


@pytest.mark.usefixtures("passed")
def test_every_command_writes_it_also_one_about_something_else(svx: Run) -> None:
    said = svx(*REGISTER)

    assert (said.code, said.out) == (Exit.DONE, "organisation-abcd\n")
    assert types(svx)[-3:] == [
        "organisation-registered.v1",
        "auction-closed.v1",
        "bids-ranked.v1",
    ]


@pytest.mark.usefixtures("passed")
def test_a_refused_command_writes_it_too(svx: Run) -> None:
    said = svx("organisation", "verify", "organisation-none", "--basis", "Register")

    assert said.code == Exit.NOT_FOUND
    assert types(svx)[-1] == "bids-ranked.v1"


@pytest.mark.usefixtures("passed")
def test_a_deadline_that_has_to_wait_fails_nobody_s_command(
    svx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: Ticker) -> None:
        raise NotRead("svx.db: SQLITE_BUSY")

    monkeypatch.setattr(Ticker, "look", silent)

    assert svx(*REGISTER).code == Exit.DONE
    assert svx("tick").code == Exit.UNEXPECTED
    assert types(svx)[-1] == "organisation-registered.v1"
