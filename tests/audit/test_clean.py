"""Histories that the rules made are clean: nothing is found that is not there.

`SVX_AUDIT_AUCTIONS=10000` audits so many generated ones; so does `python -m tests.audit`.
"""

import os
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.audit.outcomes import REFUSALS
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.intake.bid_rows import read_history
from svx_ledger.intake.replay import STARTS_AT, replay
from svx_ledger.intake.tally import Tally
from svx_ledger.ledger import SimulatedClock
from tests.intake.conftest import watch

from .generating import EVENTS_AN_AUCTION, auctions_in, generate
from .playing import audited

AUCTIONS = int(os.environ.get("SVX_AUDIT_AUCTIONS", "150"))
LOTS_OF_EBAY = 40


@pytest.mark.timeout(60 + AUCTIONS)
def test_generated_auctions_are_clean(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'generated.db'}"
    generate(url, AUCTIONS, seed=4)

    audit = audited(url)

    assert audit.clean, audit.first
    assert auctions_in(audit) >= AUCTIONS
    assert audit.events >= AUCTIONS * EVENTS_AN_AUCTION * 0.9
    assert set(audit.unchecked) <= {REFUSALS}


def test_generated_auctions_are_clean_on_postgresql(postgres_url: str) -> None:
    generate(postgres_url, 8, seed=5)

    audit = audited(postgres_url)

    assert audit.clean, audit.first
    assert auctions_in(audit) >= 8


def test_the_demo_is_clean(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(url, STORY)

    audit = audited(url)

    assert audit.clean, audit.first
    assert audit.events > 600


def test_real_bids_that_were_replayed_are_clean(tmp_path: Path, test_data: Path) -> None:
    """Some of the auctions of eBay, judged by the rules when they were imported."""
    path = tmp_path / "ebay.csv"
    path.write_text(_some_of(test_data / "auctions" / "ebay_3-5-7_day_bids.csv"))
    history = read_history([path], STARTS_AT, Tally())
    clock = SimulatedClock(history.begins_at)
    url = f"sqlite:///{tmp_path / 'ebay.db'}"
    with open_ledger(url, create=True, clock=clock) as ledger:
        replay(ledger, clock, history, tally=Tally(), watch=watch)

    audit = audited(url)

    assert audit.clean, audit.first
    assert auctions_in(audit) == LOTS_OF_EBAY
    assert audit.commands["SubmitBid"] > LOTS_OF_EBAY


def _some_of(path: Path) -> str:
    """Return the rows of the first auctions of a file of bids."""
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    lots = dict.fromkeys(row.partition(",")[0] for row in rows)
    some = set([*lots][:LOTS_OF_EBAY])
    return "\n".join([head, *(row for row in rows if row.partition(",")[0] in some)]) + "\n"
