"""The rules of listing a need in an auction, each on either side of its boundary."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionNeedAdded,
    AuctionRulesFrozen,
)
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed, Increment, SoftClose
from svx_ledger.domain.listing import ListNeed
from svx_ledger.domain.need import Need, NeedCommitted, NeedListed, NeedReleased

from .cast import (
    ADOPTED,
    APPROVED,
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    LAPTOPS,
    NEED,
    OTHER_BUYER,
    PROCUREMENT,
    PROPOSED,
    PROXY_SET,
    Past,
    adopted,
)
from .outcome import NOON, World, outcome

AUCTION = "auction-a001"
TERMS = AuctionTerms(
    mode="ascending",
    visibility="rank",
    bidder_count_shown=False,
    rank_on="social-value",
    basis="pounds",
    opens_at=NOON + timedelta(days=7),
    closes_at=NOON + timedelta(days=7, hours=2),
    notice_seconds=0,
    increment=Increment(kind="pence", pence=100),
    reserve_pence=0,
    soft_close=SoftClose(
        window_seconds=0,
        extension_seconds=0,
        at_most=0,
        hard_stop=NOON + timedelta(days=7, hours=3),
        extend_on="rank-change",
    ),
    social_value_score="share-of-best",
    social_value_weight=Decimal(10),
    price_weight=Decimal(50),
    quality_weight=Decimal(40),
)
DRAFTED = AuctionDrafted(
    procurement_id=PROCUREMENT,
    lot="1",
    proxy_set_id=PROXY_SET,
    terms=TERMS,
    authority_id=AUTHORITY,
)
FROZEN = AuctionRulesFrozen(
    approved_by=APPROVER.id,
    needs=(
        FrozenNeed(
            need_id="need-n009",
            measure="laptop",
            unit="laptop",
            divisible=False,
            pounds_per_unit=Decimal(300),
            cap=Decimal(1),
        ),
    ),
    rules_sha256="0" * 64,
)
DRAFT: Past = [*ADOPTED, (AUCTION, DRAFTED)]
HISTORY: Past = [*DRAFT, (NEED, PROPOSED), (NEED, APPROVED)]
LIST = ListNeed(need_id=NEED, auction_id=AUCTION, relevance="The contract retires laptops")
LISTED = NeedListed(auction_id=AUCTION, relevance="The contract retires laptops")


def test_an_auction_has_at_most_250_needs() -> None:
    added = [
        AuctionNeedAdded(need_id=f"need-{n:04}", measure="x", unit="x", outstanding=Decimal(1))
        for n in range(250)
    ]
    full: Past = [*HISTORY, *((AUCTION, need) for need in added)]

    assert isinstance(outcome(given=full[:-1], when=LIST, by=BUYER), list)
    assert outcome(given=full, when=LIST, by=BUYER) == "too-many-needs"


def test_a_need_is_listed_for_what_is_outstanding() -> None:
    committed = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(7))

    assert outcome(given=[*HISTORY, (NEED, committed)], when=LIST, by=BUYER) == [
        LISTED,
        AuctionNeedAdded(
            need_id=NEED, measure="laptop", unit="laptop", outstanding=Decimal(13)
        ),
    ]


def test_listing_changes_the_need_and_the_auction() -> None:
    world = World(HISTORY)
    world.execute(LIST, BUYER, NOON)
    need, auction = world.streams[NEED], world.streams[AUCTION]

    assert isinstance(need, Need)
    assert isinstance(auction, Auction)
    assert need.listed_in == AUCTION
    assert list(auction.listed) == [NEED]


def test_the_auctions_authority_lists() -> None:
    assert isinstance(outcome(given=HISTORY, when=LIST, by=APPROVER), list)
    assert outcome(given=HISTORY, when=LIST, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=HISTORY, when=LIST, by=BIDDER) == "role-not-allowed"


def test_the_auction_is_being_drafted() -> None:
    frozen = [*HISTORY, (AUCTION, FROZEN)]

    assert outcome(given=frozen, when=LIST, by=BUYER) == "wrong-state"


def test_the_need_is_approved() -> None:
    assert outcome(given=HISTORY[:-1], when=LIST, by=BUYER) == "wrong-state"


def test_no_other_auction_has_the_need_listed() -> None:
    elsewhere: Past = [(NEED, NeedListed(auction_id="auction-b002", relevance="Related"))]
    released: Past = [*elsewhere, (NEED, NeedReleased(auction_id="auction-b002"))]
    here: Past = [(NEED, LISTED)]

    assert outcome(given=[*HISTORY, *elsewhere], when=LIST, by=BUYER) == "need-listed-already"
    assert outcome(given=[*HISTORY, *here], when=LIST, by=BUYER) == "need-listed-already"
    assert isinstance(outcome(given=[*HISTORY, *released], when=LIST, by=BUYER), list)


def test_part_of_the_need_is_outstanding() -> None:
    all_but = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(19))
    covered = replace(all_but, quantity=Decimal(20))

    assert isinstance(outcome(given=[*HISTORY, (NEED, all_but)], when=LIST, by=BUYER), list)
    assert outcome(given=[*HISTORY, (NEED, covered)], when=LIST, by=BUYER) == (
        "nothing-outstanding"
    )


def test_the_proxy_set_values_the_measure() -> None:
    rooms = replace(PROPOSED, measure="room")
    given = [*DRAFT, (NEED, rooms), (NEED, APPROVED)]

    assert outcome(given=given, when=LIST, by=BUYER) == "measure-not-priced"


def test_the_need_counts_in_the_unit_that_is_valued() -> None:
    boxes = replace(PROPOSED, unit="box of ten")
    given = [*DRAFT, (NEED, boxes), (NEED, APPROVED)]

    assert outcome(given=given, when=LIST, by=BUYER) == "unit-not-priced"


def test_what_is_outstanding_of_an_indivisible_measure_is_whole() -> None:
    half = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal("7.5"))
    given: Past = [*HISTORY, (NEED, half)]
    shared: Past = [*adopted(replace(LAPTOPS, divisible=True)), *given[len(ADOPTED) :]]

    assert outcome(given=given, when=LIST, by=BUYER) == "quantity-indivisible"
    assert isinstance(outcome(given=shared, when=LIST, by=BUYER), list)


def test_what_a_listing_names_exists() -> None:
    assert outcome(given=DRAFT, when=LIST, by=BUYER) == "not-found"
    assert outcome(given=HISTORY[len(DRAFT) :], when=LIST, by=BUYER) == "not-found"
