"""Sealed bids for contracts: one bid each, hidden until the close, all in one currency."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.domain.auction.events import BidRejected
from svx_ledger.domain.auction.state import Auction
from svx_ledger.eventlog.record import read_event
from svx_ledger.intake.bid_history import History
from svx_ledger.intake.bid_rows import read_history
from svx_ledger.intake.replay import STARTS_AT, replay
from svx_ledger.intake.replay_setting import Setting
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import SimulatedClock

from .conftest import Write, watch

HEAD = "project,contract,bidder.name,status,evaluated.price.amount,evaluated.price.raw\n"


def row(contract: str, bidder: str, raw: str, status: str = "Evaluated") -> str:
    return f'P1,{contract},{bidder},{status},1.0,"{raw}"\n'


def read(path: Path) -> tuple[History, Tally]:
    tally = Tally()
    return read_history([path], STARTS_AT, tally), tally


def test_the_evaluated_price_is_the_bid_to_the_last_digit(write: Write) -> None:
    text = HEAD + row("c1", "Ann", "AMD267,254,619.60") + row("c1", "Ben", "AMD 9")
    history, tally = read(write("sealed.csv", text))

    assert [bid.pounds for bid in history.bids] == [Decimal("267254619.60"), Decimal(9)]
    assert {lot.currency for lot in history.lots.values()} == {"AMD"}
    assert tally.rejected == []


def test_times_are_made_up_and_it_is_said(write: Write) -> None:
    history, tally = read(write("sealed.csv", HEAD + row("c1", "Ann", "USD 5.00")))
    (lot,) = history.lots.values()

    assert (lot.opens_at, lot.closes_at) == (STARTS_AT, STARTS_AT + timedelta(days=1))
    assert [bid.at for bid in history.bids] == [STARTS_AT + timedelta(seconds=1)]
    assert [(note.file, note.pointer) for note in tally.notes] == [("sealed.csv", "line 1")]
    assert tally.notes[0].reason.startswith("no times are stated")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "no evaluated price"),
        ("PHP", "not one amount in one currency, as in `USD 653,690.00`"),
        ("980.000,00", "not one amount in one currency, as in `USD 653,690.00`"),
        (
            "NPR 4,646,304.00USD 3,758,040.00",
            "not one amount in one currency, as in `USD 653,690.00`",
        ),
        ("USD 1,23.00", "not one amount in one currency, as in `USD 653,690.00`"),
        ("USD 0.00", "nothing, or a trillion or more"),
        ("USD 1,000,000,000,000.00", "nothing, or a trillion or more"),
        ("USD 0.125", "parts of a hundredth"),
    ],
)
def test_a_row_without_one_amount_is_rejected(write: Write, raw: str, reason: str) -> None:
    text = HEAD + row("c1", "Ann", raw) + row("c1", "Ben", "USD 999,999,999,999.99")
    history, tally = read(write("sealed.csv", text))

    assert [tuple(remark) for remark in tally.rejected] == [
        ("sealed.csv", "line 2, column evaluated.price.raw", reason)
    ]
    assert [bid.bidder for bid in history.bids] == ["Ben"]


def test_a_row_without_contract_or_bidder_is_rejected(write: Write) -> None:
    text = HEAD + row("", "Ann", "USD 5") + row("c1", "", "USD 5")
    _, tally = read(write("sealed.csv", text))

    assert [tuple(remark)[1:] for remark in tally.rejected] == [
        ("line 2, column contract", "empty"),
        ("line 3, column bidder.name", "empty"),
    ]


def test_the_bids_of_a_contract_are_in_one_currency(write: Write) -> None:
    text = HEAD + row("c1", "Ann", "USD 5") + row("c1", "Ben", "EUR 6")
    text += row("c2", "Ben", "EUR 6")
    history, tally = read(write("sealed.csv", text))

    assert [remark.reason for remark in tally.rejected] == [
        "its auction had another currency in an earlier row"
    ]
    assert len(history.bids) == 2


def test_everybody_bids_once_and_the_highest_leads(address: str, write: Write) -> None:
    text = HEAD + row("c1", "Ann", "USD 5.00") + row("c1", "Ben", "USD 7.50", "Rejected")
    text += row("c1", "Ann", "USD 9.00", "Awarded")
    history, tally = read(write("sealed.csv", text))
    clock, setting = SimulatedClock(history.begins_at), Setting(history)
    with open_ledger(address, create=True, clock=clock) as ledger:
        replay(ledger, clock, history, tally=tally, watch=watch)
        auction = ledger.state(Auction, setting.auction("c1"))
        rejected = [
            event.rule
            for stored in ledger.store.rows()
            if isinstance(event := read_event(stored), BidRejected)
        ]

    assert auction is not None
    assert auction.terms.mode == "single"
    assert [(b.supplier_id, b.value_pence) for b in auction.ranking] == [
        (setting.suppliers["Ben"], 750),
        (setting.suppliers["Ann"], 500),
    ]
    assert rejected == ["single-bid"]
    assert tally.more["bids"] == {"accepted": 2, "rejected_by_rule": {"single-bid": 1}}


def test_the_same_bids_ascending_are_another_history(write: Write) -> None:
    history, _ = read(write("sealed.csv", HEAD + row("c1", "Ann", "USD 5.00")))
    other, _ = read(write("sealed2.csv", HEAD + row("c1", "Ann", "EUR 5.00")))

    assert history.digest != other.digest
