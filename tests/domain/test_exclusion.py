"""Exclusion: two people, at any time before the contract, with all of a supplier's bids."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import (
    AuctionConcluded,
    ExclusionRequested,
    LotReleased,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AssessmentSealed,
    AuctionClosed,
    AuctionOpened,
    BidAccepted,
    BidRejected,
    BidsRanked,
    RankedBid,
    TenderScore,
)
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import RecommendAward
from svx_ledger.domain.award.events import AssessmentRanked
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.kind import Event
from svx_ledger.domain.procurement import InterestDeclared

from .auction.scene import (
    ASSESSOR,
    AUCTION,
    CLOSES_AT,
    INVITING,
    OPEN,
    QUALIFIED,
    READY,
    RIVAL,
    SCHEDULED,
    TERMS,
    auction_of,
    bid,
    here,
    laptops,
    takes_part,
    told,
    with_terms,
)
from .cast import APPROVER, BUYER, OTHER_BUYER, PROCUREMENT, SUPPLIER, Past
from .outcome import NOON, OPERATOR, World, outcome

A, B, C = SUPPLIER, RIVAL, "organisation-supp3"
C_BIDDER = Actor(id="person-carol", role="supplier.bidder", organisation=C)
AWARD = "award-w001"
LATER = CLOSES_AT + timedelta(hours=2)
REQUEST = RequestExclusion(
    auction_id=AUCTION, supplier_id=C, ground="mandatory", reason="A conviction (fictional)"
)
APPROVE = ApproveExclusion(auction_id=AUCTION, supplier_id=C)
OF_AWARD = replace(APPROVE, award_id=AWARD)
REQUESTED = ExclusionRequested(
    supplier_id=C,
    ground="mandatory",
    reason="A conviction (fictional)",
    requested_by=BUYER.id,
)
EXCLUDED = SupplierExcluded(
    supplier_id=C,
    ground="mandatory",
    reason="A conviction (fictional)",
    requested_by=BUYER.id,
    approved_by=APPROVER.id,
)


def worth(supplier: str, bid_no: int, pounds: int) -> BidAccepted:
    """An accepted bid of this value."""
    return BidAccepted(
        supplier_id=supplier, lines=(laptops(2),), bid_no=bid_no, value_pence=pounds * 100
    )


def ranked(rank: int, supplier: str, bid_no: int, pounds: int) -> RankedBid:
    """A standing bid at its place."""
    return RankedBid(rank=rank, supplier_id=supplier, bid_no=bid_no, value_pence=pounds * 100)


SCORES = AssessmentSealed(
    scores=(
        TenderScore(supplier_id=A, price=Decimal(45), quality=Decimal(35)),
        TenderScore(supplier_id=B, price=Decimal(50), quality=Decimal(29)),
        TenderScore(supplier_id=C, price=Decimal(0), quality=Decimal(0)),
    ),
    assessors=(ASSESSOR.id,),
)
WITH_C: Past = [*SCHEDULED, *here(*takes_part(C), SCORES, AuctionOpened())]
BIDS: Past = [*WITH_C, *here(worth(A, 1, 90_000), worth(B, 2, 120_000), worth(C, 3, 400_000))]
RANKING = (ranked(1, C, 3, 400_000), ranked(2, B, 2, 120_000), ranked(3, A, 1, 90_000))
ENDED: Past = [
    *BIDS,
    *here(AuctionClosed(closed_at=CLOSES_AT), BidsRanked(ranking=RANKING)),
]
DISCLOSED: Past = [*ENDED, *here(AssessmentDisclosed())]
WITHOUT_C = BidsRanked(ranking=(ranked(1, B, 2, 120_000), ranked(2, A, 1, 90_000)))


def asked(past: Past, request: ExclusionRequested = REQUESTED) -> Past:
    return [*past, *here(request)]


def awarded() -> World:
    """The golden assessment of all three, with A recommended."""
    world = World(asked(DISCLOSED))
    rank = RankAssessment(award_id=AWARD, auction_id=AUCTION, cause="auction-closed")
    assert isinstance(world.execute(rank, BUYER, LATER), list)
    recommend = RecommendAward(award_id=AWARD, supplier_id=A, grounds=())
    assert isinstance(world.execute(recommend, ASSESSOR, LATER), list)
    return world


def totals(award: object) -> list[tuple[str, Decimal]]:
    assert isinstance(award, Award)
    return [(tender.supplier_id, tender.total) for tender in award.ranking]


def test_the_authority_requests_it() -> None:
    assert outcome(given=BIDS, when=REQUEST, by=BUYER) == [REQUESTED]
    assert outcome(given=BIDS, when=REQUEST, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=BIDS, when=REQUEST, by=OPERATOR) == "role-not-allowed"


def test_a_supplier_that_takes_part_is_excluded_once() -> None:
    excluded = [*asked(BIDS), *here(EXCLUDED)]

    assert outcome(given=QUALIFIED, when=REQUEST, by=BUYER) == "not-invited"
    assert told(given=QUALIFIED, when=REQUEST, by=BUYER) == {"supplier": C}
    assert told(given=excluded, when=REQUEST, by=BUYER) == {
        "state": "excluded",
        "expected": "taking part",
    }
    assert outcome(given=excluded, when=APPROVE, by=APPROVER) == "wrong-state"


def test_an_approver_of_the_authority_approves() -> None:
    elsewhere = replace(APPROVER, organisation="organisation-auth2")

    assert outcome(given=asked(BIDS), when=APPROVE, by=APPROVER) == [EXCLUDED]
    assert outcome(given=asked(BIDS), when=APPROVE, by=BUYER) == "role-not-allowed"
    assert outcome(given=asked(BIDS), when=APPROVE, by=elsewhere) == "not-yours"


def test_what_is_approved_was_requested_of_that_supplier() -> None:
    of_b = asked(BIDS, replace(REQUESTED, supplier_id=B))
    nobody = replace(APPROVE, supplier_id="organisation-supp9")

    assert told(given=of_b, when=APPROVE, by=APPROVER) == {
        "state": "qualified",
        "expected": "exclusion requested",
    }
    assert told(given=of_b, when=nobody, by=APPROVER)["state"] == "not invited"


def test_a_later_request_takes_the_place_of_an_earlier_one() -> None:
    given = asked(asked(BIDS), replace(REQUESTED, ground="debarred", requested_by="person-2"))

    assert outcome(given=given, when=APPROVE, by=APPROVER) == [
        replace(EXCLUDED, ground="debarred", requested_by="person-2")
    ]


def test_nobody_approves_their_own_request() -> None:
    own = replace(APPROVER, id=BUYER.id)

    assert outcome(given=asked(BIDS), when=APPROVE, by=own) == "same-person"
    assert told(given=asked(BIDS), when=APPROVE, by=own) == {"person": BUYER.id}


def test_who_approves_has_no_conflict_of_interest() -> None:
    interest = InterestDeclared(
        interest_no=1,
        person_id=APPROVER.id,
        organisation_id=C,
        nature="family",
        declared_by=APPROVER.id,
    )
    given: Past = [*asked(BIDS), (PROCUREMENT, interest)]

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "conflict-of-interest"


@pytest.mark.parametrize("past", [INVITING, SCHEDULED, READY, OPEN])
def test_a_supplier_is_excluded_before_the_close_from_the_invitation_on(past: Past) -> None:
    (invited, *_) = takes_part(C)
    given = [*past, *here(invited)]

    assert outcome(given=given, when=REQUEST, by=BUYER) == [REQUESTED]
    assert outcome(given=asked(given), when=APPROVE, by=APPROVER) == [EXCLUDED]
    auction = auction_of([*asked(given), *here(EXCLUDED)])
    assert auction.participants[C] == "excluded"
    assert (auction.exclusion_requests, auction.excluded) == ({}, frozenset({C}))
    assert C not in auction.qualified


def test_exclusion_before_the_close_takes_all_bids_out_and_no_other_is_taken() -> None:
    given = [*asked(BIDS), *here(EXCLUDED)]
    auction = auction_of(given)

    assert set(auction.standing) == {A, B}
    assert auction.bids == 3
    rejected = outcome(given=given, when=bid(laptops(2), supplier=C), by=C_BIDDER)
    assert isinstance(rejected, list)
    assert [e.rule for e in rejected if isinstance(e, BidRejected)] == ["supplier-excluded"]


def test_exclusion_after_the_close_ranks_the_bids_again() -> None:
    assert outcome(given=asked(ENDED), when=APPROVE, by=APPROVER, at=LATER) == [
        EXCLUDED,
        WITHOUT_C,
    ]
    assert auction_of([*asked(ENDED), *here(EXCLUDED, WITHOUT_C)]).ranking == (
        WITHOUT_C.ranking
    )


def test_bids_that_were_ranked_by_totals_are_ranked_by_totals_again() -> None:
    """A leads B by its sealed points, although B bid more."""
    stronger = replace(SCORES.scores[0], price=Decimal(50))
    scores = replace(SCORES, scores=(stronger, *SCORES.scores[1:]))
    combined = with_terms(ENDED, replace(TERMS, rank_on="combined"))
    given: Past = [(s, scores if event == SCORES else event) for s, event in combined]

    assert outcome(given=asked(given), when=APPROVE, by=APPROVER, at=LATER) == [
        EXCLUDED,
        BidsRanked(ranking=(ranked(1, A, 1, 90_000), ranked(2, B, 2, 120_000))),
    ]


def test_exclusion_after_the_award_flips_the_golden_assessment() -> None:
    world = awarded()
    assert totals(world.streams[AWARD]) == [
        (A, Decimal("82.25")),
        (B, Decimal("82.00")),
        (C, Decimal("10.00")),
    ]

    decided = world.execute(OF_AWARD, APPROVER, LATER)

    assert isinstance(decided, list)
    assert [(stream, type(event)) for stream, event in decided] == [
        (AUCTION, SupplierExcluded),
        (AUCTION, BidsRanked),
        (AWARD, AssessmentRanked),
    ]
    assert decided[0][1] == replace(EXCLUDED, award_id=AWARD)
    again = decided[2][1]
    assert isinstance(again, AssessmentRanked)
    assert (again.cause, again.auction_id) == ("supplier-excluded", AUCTION)
    award = world.streams[AWARD]
    assert totals(award) == [(B, Decimal("89.00")), (A, Decimal("87.50"))]
    assert isinstance(award, Award)
    assert (award.phase, award.recommended, award.approved) == ("assessed", None, None)


def test_the_award_that_rests_on_the_auction_is_named() -> None:
    world = awarded()
    other = replace(APPROVE, award_id="award-w002")
    elsewhere = World([*asked(ENDED)])

    def rule(command: ApproveExclusion, past: World) -> object:
        decided = past.decide(command, APPROVER, LATER)
        assert not isinstance(decided, list)
        return decided.rule.name, decided.facts

    assert rule(APPROVE, world) == ("award-unnamed", {"award": AWARD})
    assert rule(other, world)[0] == "not-found"  # type: ignore[index]
    elsewhere.streams[AWARD] = world.streams[AWARD]
    assert rule(OF_AWARD, elsewhere) == ("award-unnamed", {"award": "none"})


def test_everybody_may_be_excluded() -> None:
    alone: Past = [*INVITING, *here(*takes_part(C))]
    only = replace(SCORES, scores=SCORES.scores[2:])
    world = World(
        [
            *alone,
            *here(only, AuctionOpened(), worth(C, 1, 900), AuctionClosed(closed_at=CLOSES_AT)),
            *here(BidsRanked(ranking=(ranked(1, C, 1, 900),)), AssessmentDisclosed()),
            *here(REQUESTED),
        ]
    )
    rank = RankAssessment(award_id=AWARD, auction_id=AUCTION, cause="auction-closed")
    world.execute(rank, BUYER, LATER)

    decided = world.execute(OF_AWARD, APPROVER, LATER)

    assert isinstance(decided, list)
    assert [getattr(event, "ranking", None) for _, event in decided] == [None, (), ()]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (AuctionConcluded(contract_id="contract-c001"), "concluded"),
        (
            LotReleased(
                award_id=AWARD, outcome="set-aside", procurement_id=PROCUREMENT, lot="1"
            ),
            "lot released",
        ),
    ],
)
def test_not_once_a_contract_is_entered_nor_when_the_auction_has_ended(
    end: Event, state: str
) -> None:
    given = [*asked(ENDED), *here(end)]

    for command, by in ((REQUEST, BUYER), (APPROVE, APPROVER)):
        assert outcome(given=given, when=command, by=by, at=NOON) == "wrong-state"
        assert told(given=given, when=command, by=by, at=NOON)["state"] == state
