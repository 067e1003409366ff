"""Drafting an auction: each rule on either side of its boundary."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import AuctionCancelled, LotReleased
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import AuctionDrafted
from svx_ledger.domain.procurement import ProcurementRegistered, TenderNoticePublished
from svx_ledger.domain.proxies import ProxySetAdopted, ProxySetSuperseded
from tests.domain.cast import (
    BIDDER,
    BUYER,
    DECLARED,
    JUDGED,
    LOT,
    OTHER_BUYER,
    PROCUREMENT,
    PROXY_SET,
    Past,
)
from tests.domain.outcome import OPERATOR, outcome

from .scene import ANNOUNCED, AUCTION, DRAFTED, TERMS, here, told

DRAFT = DraftAuction(
    auction_id=AUCTION, procurement_id=PROCUREMENT, lot="1", proxy_set_id=PROXY_SET, terms=TERMS
)


def test_an_auction_is_drafted_with_its_terms() -> None:
    assert outcome(given=ANNOUNCED, when=DRAFT, by=BUYER) == [DRAFTED]


def test_the_procurements_authority_drafts_it() -> None:
    assert outcome(given=ANNOUNCED, when=DRAFT, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=ANNOUNCED, when=DRAFT, by=BIDDER) == "role-not-allowed"
    assert outcome(given=ANNOUNCED, when=DRAFT, by=OPERATOR) == "role-not-allowed"


def test_the_tender_notice_is_published() -> None:
    silent = [(s, e) for s, e in ANNOUNCED if not isinstance(e, TenderNoticePublished)]

    assert outcome(given=silent, when=DRAFT, by=BUYER) == "wrong-state"
    assert told(given=silent, when=DRAFT, by=BUYER) == {
        "state": "registered",
        "expected": "published",
    }


def test_conflicts_were_reviewed_since_the_last_declaration() -> None:
    given: Past = [*ANNOUNCED, (PROCUREMENT, DECLARED)]

    assert outcome(given=given, when=DRAFT, by=BUYER) == "conflicts-unreviewed"
    assert outcome(given=[*given, (PROCUREMENT, JUDGED)], when=DRAFT, by=BUYER) == [DRAFTED]


def test_the_lot_is_one_of_the_procurements() -> None:
    other = replace(DRAFT, lot="2")

    assert outcome(given=ANNOUNCED, when=other, by=BUYER) == "lot-unknown"
    assert told(given=ANNOUNCED, when=other, by=BUYER) == {"lot": "2"}


def test_a_lot_has_one_auction() -> None:
    lots = (LOT, replace(LOT, lot="2"))
    two_lots: Past = [
        (s, replace(e, lots=lots) if isinstance(e, ProcurementRegistered) else e)
        for s, e in ANNOUNCED
    ]
    given = [*two_lots, *here(DRAFTED)]
    another = replace(DRAFT, auction_id="auction-a002")

    assert outcome(given=given, when=another, by=BUYER) == "lot-taken"
    assert told(given=given, when=another, by=BUYER) == {"lot": "1", "auction": AUCTION}
    assert outcome(given=given, when=replace(another, lot="2"), by=BUYER) == [
        replace(DRAFTED, lot="2")
    ]


def test_the_proxy_set_is_adopted() -> None:
    unfinished = [(s, e) for s, e in ANNOUNCED if not isinstance(e, ProxySetAdopted)]

    assert outcome(given=unfinished, when=DRAFT, by=BUYER) == "wrong-state"
    assert told(given=unfinished, when=DRAFT, by=BUYER) == {
        "state": "being adopted",
        "expected": "adopted",
    }


def test_social_value_has_the_weight_that_the_procurement_announced() -> None:
    other = replace(
        TERMS, social_value_weight=Decimal("10.0001"), price_weight=Decimal("49.9999")
    )

    draft = replace(DRAFT, terms=other)

    assert outcome(given=ANNOUNCED, when=draft, by=BUYER) == "weight-differs"
    assert told(given=ANNOUNCED, when=draft, by=BUYER) == {"weight_points": "10"}


def test_the_proxy_set_is_not_superseded() -> None:
    newer = ProxySetSuperseded(superseded_by="proxy-set-px02", reason="Prices of 2026")
    superseded = [*ANNOUNCED, (PROXY_SET, newer)]

    assert outcome(given=superseded, when=DRAFT, by=BUYER) == "wrong-state"
    assert told(given=superseded, when=DRAFT, by=BUYER) == {
        "state": "superseded",
        "expected": "adopted",
    }


def test_a_reference_spend_in_the_terms_is_the_lots() -> None:
    def draft(stated_pence: int | None) -> DraftAuction:
        return replace(DRAFT, terms=replace(TERMS, reference_spend_pence=stated_pence))

    lots = (replace(LOT, reference_spend_pence=100),)
    with_spend: Past = [
        (s, replace(e, lots=lots) if isinstance(e, ProcurementRegistered) else e)
        for s, e in ANNOUNCED
    ]

    assert isinstance(outcome(given=with_spend, when=draft(100), by=BUYER), list)
    assert isinstance(outcome(given=with_spend, when=draft(None), by=BUYER), list)
    assert outcome(given=with_spend, when=draft(101), by=BUYER) == "reference-differs"
    assert told(given=with_spend, when=draft(0), by=BUYER) == {
        "lot": "1",
        "stated_pence": 0,
        "lot_pence": 100,
    }
    assert told(given=ANNOUNCED, when=draft(100), by=BUYER) == {
        "lot": "1",
        "stated_pence": 100,
        "lot_pence": "none",
    }


def test_the_terms_agree_with_themselves() -> None:
    closed = replace(DRAFT, terms=replace(TERMS, opens_at=TERMS.closes_at))

    assert outcome(given=ANNOUNCED, when=closed, by=BUYER) == "terms-times"


def test_an_auction_is_drafted_once() -> None:
    given = [*ANNOUNCED, *here(DRAFTED)]

    assert outcome(given=given, when=DRAFT, by=BUYER) == "already-exists"


RERUN = replace(DRAFT, auction_id="auction-a002", replaces=AUCTION)
CANCELLED = AuctionCancelled(reason="No budget", procurement_id=PROCUREMENT, lot="1")


def test_a_re_run_names_the_ended_auction_of_its_lot() -> None:
    ended = [*ANNOUNCED, *here(DRAFTED, CANCELLED)]

    assert outcome(given=ended, when=RERUN, by=BUYER) == [replace(DRAFTED, replaces=AUCTION)]
    assert isinstance(outcome(given=ended, when=replace(RERUN, replaces=None), by=BUYER), list)
    assert outcome(given=ANNOUNCED, when=RERUN, by=BUYER) == "not-found"


def test_an_auction_whose_award_lapsed_is_run_again() -> None:
    lapsed = LotReleased(
        award_id="award-w001", outcome="lapsed", procurement_id=PROCUREMENT, lot="1"
    )

    given = [*ANNOUNCED, *here(DRAFTED, lapsed)]
    assert isinstance(outcome(given=given, when=RERUN, by=BUYER), list)


@pytest.mark.parametrize(
    "other",
    [replace(DRAFTED, lot="2"), replace(DRAFTED, procurement_id="procurement-pr02")],
)
def test_what_is_replaced_served_the_same_lot(other: AuctionDrafted) -> None:
    given = [*ANNOUNCED, *here(other, CANCELLED)]

    assert outcome(given=given, when=RERUN, by=BUYER) == "other-lot"
    assert told(given=given, when=RERUN, by=BUYER) == {
        "procurement": other.procurement_id,
        "lot": other.lot,
    }


def test_what_is_replaced_has_ended() -> None:
    given = [*ANNOUNCED, *here(DRAFTED)]

    assert outcome(given=given, when=RERUN, by=BUYER) == "lot-taken"
