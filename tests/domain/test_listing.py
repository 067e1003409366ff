"""The rules of listing a need in an auction, each on either side of its boundary."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import AuctionNeedRemoved
from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionNeedAdded,
    AuctionRulesFrozen,
    FreezeRequested,
)
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed, Increment, SoftClose
from svx_ledger.domain.kind import Command
from svx_ledger.domain.listing import DelistNeed, ListNeed, RelistNeed
from svx_ledger.domain.need import (
    Need,
    NeedCommitted,
    NeedListed,
    NeedReleased,
    NeedRelisted,
    NeedWithdrawn,
)
from svx_ledger.domain.organisation import OrganisationReinstated, OrganisationSuspended
from svx_ledger.domain.rule import Refusal

from .cast import (
    ADOPTED,
    APPROVED,
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    LAPTOPS,
    NEED,
    OTHER_BUYER,
    PROCUREMENT,
    PROPOSED,
    PROXY_SET,
    Past,
    adopted,
    verified,
)
from .outcome import NOON, World, outcome
from .worked_example import facts

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
DRAFT: Past = [*ADOPTED, *verified(COMMUNITY, "community"), (AUCTION, DRAFTED)]
HISTORY: Past = [*DRAFT, (NEED, PROPOSED), (NEED, APPROVED)]
LIST = ListNeed(need_id=NEED, auction_id=AUCTION, relevance="The contract retires laptops")
LISTED = NeedListed(auction_id=AUCTION, relevance="The contract retires laptops")


def test_an_auction_has_at_most_190_needs() -> None:
    added = [
        AuctionNeedAdded(need_id=f"need-{n:04}", measure="x", unit="x", outstanding=Decimal(1))
        for n in range(190)
    ]
    full: Past = [*HISTORY, *((AUCTION, need) for need in added)]

    assert isinstance(outcome(given=full[:-1], when=LIST, by=BUYER), list)
    assert outcome(given=full, when=LIST, by=BUYER) == "too-many-needs"
    assert facts(full, LIST, BUYER, NOON) == {"needs": 190}


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
    assert isinstance(outcome(given=[*HISTORY, *released], when=RELIST, by=BUYER), list)


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


def test_a_withdrawn_need_is_not_listed() -> None:
    withdrawn = NeedWithdrawn(reason="Found", quantity=Decimal(20), withdrawn_by="person-lead")
    given: Past = [*HISTORY, (NEED, withdrawn)]

    assert outcome(given=given, when=LIST, by=BUYER) == "wrong-state"
    assert facts(given, LIST, BUYER, NOON) == {"state": "withdrawn", "expected": "approved"}


def test_where_bids_are_compared_in_points_the_measure_has_points() -> None:
    in_points = replace(DRAFTED, terms=replace(TERMS, basis="points"))

    def priced(points: Decimal | None) -> Past:
        proxies = adopted(replace(LAPTOPS, points_per_unit=points))
        known = [*proxies, *verified(COMMUNITY, "community")]
        return [*known, (AUCTION, in_points), (NEED, PROPOSED), (NEED, APPROVED)]

    assert isinstance(outcome(given=priced(Decimal(5)), when=LIST, by=BUYER), list)
    assert outcome(given=priced(None), when=LIST, by=BUYER) == "measure-without-points"
    assert facts(priced(None), LIST, BUYER, NOON) == {"need": NEED, "measure": "laptop"}


RELIST = RelistNeed(need_id=NEED, auction_id=AUCTION, relevance="The contract retires laptops")
DELIST = DelistNeed(need_id=NEED, auction_id=AUCTION)
ADDED = AuctionNeedAdded(need_id=NEED, measure="laptop", unit="laptop", outstanding=Decimal(20))
EARLIER: Past = [
    (NEED, NeedListed(auction_id="auction-b002", relevance="Related")),
    (NEED, NeedReleased(auction_id="auction-b002")),
]
BEFORE: Past = [*HISTORY, *EARLIER]
HERE: Past = [*HISTORY, (NEED, LISTED), (AUCTION, ADDED)]


def test_a_need_that_was_released_is_listed_again() -> None:
    relisted = NeedRelisted(auction_id=AUCTION, relevance="The contract retires laptops")
    later = replace(RELIST, needed_by=date(2027, 1, 31))

    assert outcome(given=BEFORE, when=RELIST, by=BUYER) == [relisted, ADDED]
    assert outcome(given=BEFORE, when=later, by=BUYER) == [
        replace(relisted, needed_by=date(2027, 1, 31)),
        ADDED,
    ]


def test_a_need_that_any_auction_ever_had_is_not_listed_as_if_for_the_first_time() -> None:
    taken_out = World(HERE)
    taken_out.execute(DELIST, BUYER, NOON)

    assert isinstance(outcome(given=HISTORY, when=LIST, by=BUYER), list)
    assert outcome(given=BEFORE, when=LIST, by=BUYER) == "listed-before"
    assert facts(BEFORE, LIST, BUYER, NOON) == {"need": NEED}
    refused = taken_out.decide(LIST, BUYER, NOON)
    assert isinstance(refused, Refusal)
    assert refused.rule.name == "listed-before"


def test_a_need_is_listed_while_it_is_needed() -> None:
    last = NOON + (PROPOSED.needed_by - NOON.date())
    after = last + timedelta(days=1)

    assert isinstance(outcome(given=HISTORY, when=LIST, by=BUYER, at=last), list)
    assert outcome(given=HISTORY, when=LIST, by=BUYER, at=after) == "needed-in-the-past"
    assert facts(HISTORY, LIST, BUYER, after) == {
        "needed_by": "2026-09-01",
        "today": "2026-09-02",
    }


@pytest.mark.parametrize("again", [False, True])
def test_its_organisation_is_still_verified_and_not_suspended(*, again: bool) -> None:
    given, command = (BEFORE, RELIST) if again else (HISTORY, LIST)
    suspended = (
        COMMUNITY,
        OrganisationSuspended(reason="Looked into", suspended_by="person-1"),
    )
    reinstated = (COMMUNITY, OrganisationReinstated(reason="Cleared", reinstated_by="person-1"))

    assert outcome(given=[*given, suspended], when=command, by=BUYER) == "not-verified"
    assert facts([*given, suspended], command, BUYER, NOON)["state"] == "suspended"
    both = [*given, suspended, reinstated]
    assert isinstance(outcome(given=both, when=command, by=BUYER), list)


def test_only_a_need_that_was_listed_before_is_listed_again() -> None:
    assert outcome(given=HISTORY, when=RELIST, by=BUYER) == "never-listed"
    assert facts(HISTORY, RELIST, BUYER, NOON) == {"need": NEED}


def test_what_holds_for_listing_holds_for_listing_again() -> None:
    listed: Past = [*BEFORE, (NEED, NeedListed(auction_id="auction-c003", relevance="x"))]

    assert outcome(given=listed, when=RELIST, by=BUYER) == "need-listed-already"
    assert outcome(given=BEFORE, when=RELIST, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=DRAFT, when=RELIST, by=BUYER) == "not-found"


def test_the_new_date_is_later_than_the_one_it_had() -> None:
    same = replace(RELIST, needed_by=PROPOSED.needed_by)
    next_day = replace(RELIST, needed_by=PROPOSED.needed_by + timedelta(days=1))

    assert outcome(given=BEFORE, when=same, by=BUYER) == "date-not-later"
    assert facts(BEFORE, same, BUYER, NOON) == {
        "needed_by": "2026-09-01",
        "needed_by_was": "2026-09-01",
    }
    assert isinstance(outcome(given=BEFORE, when=next_day, by=BUYER), list)


@pytest.mark.parametrize(
    ("command", "day"),
    [
        (RELIST, date(2026, 9, 1)),
        (replace(RELIST, needed_by=date(2027, 1, 31)), date(2027, 1, 31)),
    ],
)
def test_a_need_is_listed_again_while_it_is_needed(command: Command, day: date) -> None:
    last = NOON + (day - NOON.date())
    after = last + timedelta(days=1)

    assert isinstance(outcome(given=BEFORE, when=command, by=BUYER, at=last), list)
    assert outcome(given=BEFORE, when=command, by=BUYER, at=after) == "needed-in-the-past"
    assert facts(BEFORE, command, BUYER, after) == {
        "needed_by": day.isoformat(),
        "today": after.date().isoformat(),
    }


def test_the_authority_takes_a_need_out_again() -> None:
    assert outcome(given=HERE, when=DELIST, by=BUYER) == [
        NeedReleased(auction_id=AUCTION),
        AuctionNeedRemoved(need_id=NEED),
    ]
    assert outcome(given=HERE, when=DELIST, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=HERE, when=DELIST, by=BIDDER) == "role-not-allowed"


def test_a_need_is_taken_out_of_a_draft_that_lists_it() -> None:
    frozen: Past = [*HERE, (AUCTION, FROZEN)]

    assert outcome(given=frozen, when=DELIST, by=BUYER) == "wrong-state"
    assert outcome(given=BEFORE, when=DELIST, by=BUYER) == "need-not-listed-here"
    assert facts(BEFORE, DELIST, BUYER, NOON) == {"need": NEED}


def test_what_is_delisted_may_be_listed_again_and_a_freeze_is_asked_for_again() -> None:
    asked = FreezeRequested(caps=(), requested_by=BUYER.id, request_no=1)
    other = replace(ADDED, need_id="need-n009")
    world = World([*HERE, (AUCTION, other), (AUCTION, asked)])
    world.execute(DELIST, BUYER, NOON)
    auction = world.streams[AUCTION]

    assert isinstance(auction, Auction)
    assert list(auction.listed) == ["need-n009"]
    assert auction.freeze_request is None
    assert isinstance(world.execute(RELIST, BUYER, NOON), list)
