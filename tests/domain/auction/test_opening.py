"""Notice, sealed assessment, opening: each rule on either side of its boundary."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import SupplierExcluded
from svx_ledger.domain.auction.events import AuctionOpened, AuctionScheduled, TenderScore
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from tests.domain.cast import (
    BIDDER,
    BUYER,
    DECLARED,
    OTHER_BUYER,
    PROCUREMENT,
    REVIEWED,
    SUPPLIER,
)
from tests.domain.outcome import outcome

from .scene import (
    ASSESSOR,
    AUCTION,
    CLOSES_AT,
    INSTANT,
    INVITING,
    OPEN,
    OPENS_AT,
    QUALIFIED,
    READY,
    SCHEDULED,
    SCHEDULED_AT,
    SEALED,
    UNFROZEN,
    here,
    told,
)

SCHEDULE = ScheduleAuction(auction_id=AUCTION)
SEAL = SealAssessment(auction_id=AUCTION, scores=SEALED.scores, assessors=SEALED.assessors)
OPEN_IT = OpenAuction(auction_id=AUCTION)
OURS, THEIRS = SEALED.scores


def test_the_authority_schedules_seals_and_opens() -> None:
    assert outcome(given=QUALIFIED, when=SCHEDULE, by=BUYER, at=SCHEDULED_AT) == [
        AuctionScheduled()
    ]
    assert outcome(given=SCHEDULED, when=SEAL, by=ASSESSOR) == [SEALED]
    assert outcome(given=READY, when=OPEN_IT, by=BUYER) == [AuctionOpened()]


@pytest.mark.parametrize("command", [SCHEDULE, SEAL, OPEN_IT])
def test_only_the_auctions_authority_does(
    command: ScheduleAuction | SealAssessment | OpenAuction,
) -> None:
    elsewhere = replace(ASSESSOR, organisation=OTHER_BUYER.organisation)

    assert outcome(given=READY, when=command, by=elsewhere) == "not-yours"
    assert outcome(given=READY, when=command, by=BIDDER) == "role-not-allowed"


def test_the_rules_are_frozen_before_notice_is_given() -> None:
    assert outcome(given=UNFROZEN, when=SCHEDULE, by=BUYER, at=SCHEDULED_AT) == "wrong-state"
    assert outcome(given=SCHEDULED, when=SCHEDULE, by=BUYER, at=SCHEDULED_AT) == "wrong-state"


def test_the_auction_opens_no_sooner_than_the_notice_period_from_now() -> None:
    late = SCHEDULED_AT + INSTANT

    assert outcome(given=INVITING, when=SCHEDULE, by=BUYER, at=SCHEDULED_AT) == [
        AuctionScheduled()
    ]
    assert outcome(given=INVITING, when=SCHEDULE, by=BUYER, at=late) == "notice-too-short"
    assert told(given=INVITING, when=SCHEDULE, by=BUYER, at=late) == {
        "least_seconds": 604_800,
        "notice_seconds": 604_799,
    }


def test_an_assessor_seals() -> None:
    assert outcome(given=SCHEDULED, when=SEAL, by=BUYER) == "role-not-allowed"


def test_the_assessment_is_sealed_between_the_notice_and_the_opening() -> None:
    unsealed = [*SCHEDULED, *here(AuctionOpened())]

    assert outcome(given=QUALIFIED, when=SEAL, by=ASSESSOR) == "wrong-state"
    assert outcome(given=unsealed, when=SEAL, by=ASSESSOR) == "wrong-state"


def test_the_assessment_is_sealed_once() -> None:
    assert outcome(given=READY, when=SEAL, by=ASSESSOR) == "wrong-state"


@pytest.mark.parametrize(
    "scores",
    [
        (OURS,),
        (OURS, OURS),
        (OURS, THEIRS, OURS),
        (OURS, THEIRS, replace(OURS, supplier_id="organisation-supp3")),
    ],
)
def test_each_qualified_supplier_has_one_score_and_nobody_else(
    scores: tuple[TenderScore, ...],
) -> None:
    assert outcome(given=SCHEDULED, when=replace(SEAL, scores=scores), by=ASSESSOR) == (
        "not-each-tender"
    )
    assert told(given=SCHEDULED, when=replace(SEAL, scores=scores), by=ASSESSOR) == {
        "scores": len(scores),
        "qualified": 2,
    }
    reordered = replace(SEAL, scores=(THEIRS, OURS))
    assert isinstance(outcome(given=SCHEDULED, when=reordered, by=ASSESSOR), list)


def test_a_score_is_at_most_the_weight_of_its_criterion() -> None:
    def scored(price: str, quality: str) -> SealAssessment:
        ours = TenderScore(supplier_id=SUPPLIER, price=Decimal(price), quality=Decimal(quality))
        return replace(SEAL, scores=(THEIRS, ours))

    assert isinstance(outcome(given=SCHEDULED, when=scored("50", "40"), by=ASSESSOR), list)
    assert outcome(given=SCHEDULED, when=scored("50.0001", "40"), by=ASSESSOR) == (
        "score-above-weight"
    )
    assert outcome(given=SCHEDULED, when=scored("50", "40.0001"), by=ASSESSOR) == (
        "score-above-weight"
    )
    assert told(given=SCHEDULED, when=scored("50", "40.0001"), by=ASSESSOR) == {
        "supplier": SUPPLIER,
        "price_weight_points": "50",
        "quality_weight_points": "40",
    }


def test_only_a_scheduled_auction_opens() -> None:
    assert outcome(given=QUALIFIED, when=OPEN_IT, by=BUYER) == "wrong-state"
    assert outcome(given=OPEN, when=OPEN_IT, by=BUYER) == "wrong-state"


def test_the_assessment_is_sealed_before_the_auction_opens() -> None:
    assert outcome(given=SCHEDULED, when=OPEN_IT, by=BUYER) == "wrong-state"
    assert told(given=SCHEDULED, when=OPEN_IT, by=BUYER) == {
        "state": "not sealed",
        "expected": "assessment sealed",
    }


def test_at_least_one_supplier_is_qualified() -> None:
    nobody = [*INVITING, *here(AuctionScheduled(), SEALED)]

    assert outcome(given=nobody, when=OPEN_IT, by=BUYER) == "nobody-qualified"


def test_an_auction_opens_before_its_close_also_ahead_of_its_time() -> None:
    last = CLOSES_AT - INSTANT

    assert outcome(given=READY, when=OPEN_IT, by=BUYER, at=OPENS_AT - INSTANT) == [
        AuctionOpened()
    ]
    assert outcome(given=READY, when=OPEN_IT, by=BUYER, at=last) == [AuctionOpened()]
    assert outcome(given=READY, when=OPEN_IT, by=BUYER, at=CLOSES_AT) == "past-the-close"


def test_neither_who_seals_nor_any_assessor_has_a_conflict() -> None:
    second = "person-second"
    by_two = replace(SEAL, assessors=("person-first", second))

    def sealed(person: str) -> object:
        given = [*SCHEDULED, (PROCUREMENT, replace(DECLARED, person_id=person))]
        return outcome(given=given, when=by_two, by=ASSESSOR)

    assert sealed(ASSESSOR.id) == "conflict-of-interest"
    assert sealed(second) == "conflict-of-interest"
    assert isinstance(sealed("person-x"), list)


def test_conflicts_were_reviewed_since_the_last_was_declared() -> None:
    declared = [*QUALIFIED, (PROCUREMENT, DECLARED)]
    again = [*declared, (PROCUREMENT, REVIEWED)]

    assert outcome(given=declared, when=SCHEDULE, by=BUYER, at=SCHEDULED_AT) == (
        "conflicts-unreviewed"
    )
    assert outcome(given=again, when=SCHEDULE, by=BUYER, at=SCHEDULED_AT) == [
        AuctionScheduled()
    ]


def test_an_excluded_supplier_has_no_score() -> None:
    excluded = SupplierExcluded(
        supplier_id=THEIRS.supplier_id,
        ground="discretionary",
        reason="Poor performance (fictional)",
        requested_by=BUYER.id,
        approved_by="person-approver",
    )
    given = [*SCHEDULED, *here(excluded)]
    rest = replace(SEAL, scores=(OURS,))

    assert outcome(given=given, when=rest, by=ASSESSOR) == [replace(SEALED, scores=(OURS,))]
    assert outcome(given=given, when=SEAL, by=ASSESSOR) == "not-each-tender"
