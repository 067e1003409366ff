"""What would have been: the demo's estates auction, computed by hand, and who may ask.

Its bids, in pence: 1 Brackwater 305,590,000; 2 Harle 275,270,000; 3 Tarnlight 158,860,000;
4 Tarnlight rejected, under the increment over bid 3; 5 Brackwater 407,185,000; 6 Tarnlight
282,720,000; 7 Harle 420,000,000 at 11:58:30, which takes the lead and moves the close from
12:00 to 12:03:30; 8 Brackwater 495,780,000 at 12:01:10, which moves it to 12:06:10; 9 Harle
too late. Price and quality: Brackwater 80, Harle 79, Tarnlight 79; social value 10.
"""

from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger.audit.counterfactual import MARK, Counterfactual, counterfactual
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import BidAccepted, BidsRanked
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Unreadable, read_record
from svx_ledger.eventlog.store import Store

from .playing import folder, honest
from .tables import write_tables

ESTATES = "auction-estates"
BRACKWATER, HARLE, TARNLIGHT = (
    "organisation-brackwater",
    "organisation-harle",
    "organisation-tarnlight",
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with folder() as place:
        url = f"sqlite:///{place / 'demo.db'}"
        write_tables(url, honest("demo").tables)
        with closing(open_store(url)) as opened:
            yield opened


def without(
    store: Store, *bids: int, suppliers: frozenset[str] = frozenset()
) -> Counterfactual:
    found = counterfactual(store, ESTATES, bids=frozenset(bids), suppliers=suppliers)
    assert isinstance(found, Counterfactual)
    return found


def ranking(found: Counterfactual) -> list[tuple[str, int, int]]:
    return [
        (bid.supplier_id, bid.bid_no, bid.value_pence) for bid in found.hypothetical.ranking
    ]


def test_without_the_last_bid_the_one_before_it_wins_at_the_earlier_close(store: Store) -> None:
    found = without(store, 8)

    assert ranking(found) == [
        (HARLE, 7, 420_000_000),
        (BRACKWATER, 5, 407_185_000),
        (TARNLIGHT, 6, 282_720_000),
    ]
    assert found.hypothetical.closes_at == datetime(2025, 6, 19, 12, 3, 30, tzinfo=UTC)
    assert (found.actual.extensions, found.hypothetical.extensions) == (2, 1)
    # 80 + 10 × 407185/420000 = 89.694881, and Harle 79 + 10: the contract stays Brackwater's
    assert found.hypothetical.assessment is not None
    totals = {t.supplier_id: t.total for t in found.hypothetical.assessment}
    assert totals[BRACKWATER] == Decimal("89.694881")
    assert totals[HARLE] == Decimal(89)
    assert found.winner == found.hypothetical_winner == BRACKWATER


def test_without_the_bid_that_moved_the_close_the_next_one_comes_too_late(store: Store) -> None:
    found = without(store, 7)

    assert f"bid 8 of {BRACKWATER} was accepted, and would be rejected: auction-closed" in (
        found.differences
    )
    assert ranking(found) == [
        (BRACKWATER, 5, 407_185_000),
        (TARNLIGHT, 6, 282_720_000),
        (HARLE, 2, 275_270_000),
    ]
    assert found.hypothetical.closes_at == datetime(2025, 6, 19, 12, tzinfo=UTC)
    assert found.hypothetical.extensions == 0


def test_without_a_bid_what_was_below_its_increment_would_be_accepted(store: Store) -> None:
    found = without(store, 3)

    said = f"bid 4 of {TARNLIGHT} was rejected (bid-below-increment), and would be accepted"
    assert said in found.differences
    assert ranking(found) == [
        (bid.supplier_id, bid.bid_no, bid.value_pence) for bid in found.actual.ranking
    ]


def test_without_a_supplier_another_wins(store: Store) -> None:
    found = without(store, suppliers=frozenset({BRACKWATER}))

    assert [who for who, *_ in ranking(found)] == [HARLE, TARNLIGHT]
    assert found.winner == BRACKWATER
    # Harle 79 + 10; Tarnlight 79 + 10 × 282720/420000; Brackwater, without a bid, 80
    assert found.hypothetical_winner == HARLE
    assert any(
        said.startswith(f"{BRACKWATER} came first, and {HARLE} would")
        for said in found.differences
    )


def test_without_a_bid_that_was_replaced_nothing_is_otherwise(store: Store) -> None:
    found = without(store, 1)

    assert found.hypothetical == found.actual
    assert found.differences == (
        "the order of the bidders, the close and the winner would be the same",
    )


def test_of_every_ranked_auction_what_is_left_out_is_in_no_ranking(store: Store) -> None:
    ranked = {row.stream for row in store.rows() if row.type == "bids-ranked.v1"}
    for auction in sorted(ranked):
        recorded = [read_record(row).event for row in store.stream(auction)]
        out = frozenset(bid.bid_no for bid in recorded if isinstance(bid, BidAccepted))
        if not out:
            continue
        found = counterfactual(store, auction, bids=out)
        *_, last = (event for event in recorded if isinstance(event, BidsRanked))

        assert isinstance(found, Counterfactual)
        assert found.marked == MARK
        assert found.actual.ranking == last.ranking
        assert not out & {bid.bid_no for bid in found.hypothetical.ranking}


def test_hidden_bids_are_left_out_for_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(url, STORY)
    with closing(open_store(url)) as still_open:
        for viewer in (None, Actor(id="person-op", role="operator")):
            for number in (1, 77):  # whether there is such a bid is not told either
                found = counterfactual(
                    still_open, "auction-recovery", bids=frozenset({number}), viewer=viewer
                )
                assert isinstance(found, Refusal)
                assert found.rule.name == "wrong-state"


@pytest.mark.parametrize("version", [1, 5])
def test_an_auction_that_cannot_be_read_is_said_to_be_damaged_not_hidden(version: int) -> None:
    tables = deepcopy(honest("demo").tables)
    (at,) = (
        number
        for number, row in enumerate(tables.rows)
        if (row.stream, row.version) == (ESTATES, version)
    )
    tables.rows[at] = tables.rows[at]._replace(record=b"{}")
    with folder() as place:
        url = f"sqlite:///{place / 'damaged.db'}"
        write_tables(url, tables)
        with closing(open_store(url)) as damaged, pytest.raises(Unreadable, match=ESTATES):
            counterfactual(damaged, ESTATES, bids=frozenset({8}))


def test_what_is_left_out_must_be_there(store: Store) -> None:
    number = counterfactual(store, ESTATES, bids=frozenset({77}))
    assert isinstance(number, Refusal)
    assert number.facts["bid"] == 77
    stranger = counterfactual(store, ESTATES, suppliers=frozenset({"organisation-nobody"}))
    assert isinstance(stranger, Refusal)
    assert stranger.facts["supplier"] == "organisation-nobody"
    assert counterfactual(store, "auction-nowhere", bids=frozenset({1})) is None
