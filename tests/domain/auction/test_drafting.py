"""Drafting an auction: each rule on either side of its boundary."""

from dataclasses import replace
from decimal import Decimal

from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.procurement import ProcurementRegistered, TenderNoticePublished
from svx_ledger.domain.proxies import ProxySetAdopted
from tests.domain.cast import BIDDER, BUYER, LOT, OTHER_BUYER, PROCUREMENT, PROXY_SET, Past
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


def test_the_terms_agree_with_themselves() -> None:
    closed = replace(DRAFT, terms=replace(TERMS, opens_at=TERMS.closes_at))

    assert outcome(given=ANNOUNCED, when=closed, by=BUYER) == "terms-times"


def test_an_auction_is_drafted_once() -> None:
    given = [*ANNOUNCED, *here(DRAFTED)]

    assert outcome(given=given, when=DRAFT, by=BUYER) == "already-exists"
