"""Who may still win when the contract is entered, and for what (the rest: test_contract)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedCommitted, NeedReleased, NeedRelisted
from svx_ledger.domain.organisation import (
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from svx_ledger.domain.procurement import (
    ConflictsReviewed,
    Finding,
    InterestDeclared,
    SupplierFinding,
)
from svx_ledger.domain.procurement.events import Outcome

from .auction.scene import AUCTION, RIVAL
from .cast import APPROVER, BUYER, PROCUREMENT, SUPPLIER, Past
from .outcome import OPERATOR, outcome
from .worked_example import (
    AFTER,
    ASSESSED,
    AWARD_APPROVED,
    AWARDED,
    CASH_NEED,
    ENTER,
    LAPTOP_NEED,
    MANAGER,
    RECOMMENDED,
    SENT,
    STANDSTILL,
    VOLUNTEER_NEED,
    award,
    facts,
)

DECLARED = InterestDeclared(
    person_id=BUYER.id,
    organisation_id=RIVAL,
    nature="shareholding",
    interest_no=1,
    declared_by=BUYER.id,
)


def reviewed(outcome: Outcome, *suppliers: SupplierFinding) -> ConflictsReviewed:
    return ConflictsReviewed(
        occasion="declaration",
        findings=(Finding(interest_no=1, outcome=outcome),),
        suppliers=suppliers,
        reviewed_by=APPROVER.id,
    )


def since(*events: tuple[str, Event]) -> Past:
    """What happened after the notice."""
    return [*AWARDED, *events]


def test_nobody_with_a_conflict_enters_the_contract() -> None:
    live = since((PROCUREMENT, DECLARED), (PROCUREMENT, reviewed("live")))

    assert outcome(given=live, when=ENTER, by=BUYER, at=AFTER) == "conflict-of-interest"
    assert facts(live, ENTER, BUYER) == {"person": BUYER.id}
    assert isinstance(outcome(given=live, when=ENTER, by=MANAGER, at=AFTER), list)


def test_what_was_declared_since_the_award_is_reviewed_before_the_contract() -> None:
    declared = since((PROCUREMENT, DECLARED))
    judged = [*declared, (PROCUREMENT, reviewed("none"))]

    assert outcome(given=declared, when=ENTER, by=MANAGER, at=AFTER) == "conflicts-unreviewed"
    assert facts(declared, ENTER, MANAGER) == {"occasion": "any"}
    assert isinstance(outcome(given=judged, when=ENTER, by=BUYER, at=AFTER), list)


def test_a_supplier_that_a_conflict_favours_gets_no_contract() -> None:
    def found(supplier: str, found: Outcome) -> Past:
        finding = SupplierFinding(supplier_id=supplier, outcome=found)
        review = reviewed("none", finding)
        return since((PROCUREMENT, DECLARED), (PROCUREMENT, review))

    live = found(SUPPLIER, "live")
    assert outcome(given=live, when=ENTER, by=BUYER, at=AFTER) == "supplier-conflicted"
    assert facts(live, ENTER, BUYER) == {"supplier": SUPPLIER}
    for given in (found(SUPPLIER, "mitigated"), found(RIVAL, "live")):
        assert isinstance(outcome(given=given, when=ENTER, by=BUYER, at=AFTER), list)


def test_a_supplier_that_is_suspended_or_unverified_gets_no_contract() -> None:
    suspended = since(
        (SUPPLIER, OrganisationSuspended(reason="debarred", suspended_by=OPERATOR.id))
    )
    reinstated = [
        *suspended,
        (SUPPLIER, OrganisationReinstated(reason="cleared", reinstated_by=APPROVER.id)),
    ]
    unverified = [
        (s, e) for s, e in AWARDED if (s, type(e)) != (SUPPLIER, OrganisationVerified)
    ]

    assert outcome(given=suspended, when=ENTER, by=BUYER, at=AFTER) == "not-verified"
    assert outcome(given=unverified, when=ENTER, by=BUYER, at=AFTER) == "not-verified"
    assert isinstance(outcome(given=reinstated, when=ENTER, by=BUYER, at=AFTER), list)


def test_the_period_does_not_lie_in_the_past_as_a_whole() -> None:
    today = AFTER.date()
    long_ago = replace(ENTER, period_from=date(2020, 1, 1))
    to_today = replace(long_ago, period_to=today)
    to_yesterday = replace(long_ago, period_to=today - timedelta(days=1))

    assert isinstance(outcome(given=AWARDED, when=to_today, by=BUYER, at=AFTER), list)
    assert outcome(given=AWARDED, when=to_yesterday, by=BUYER, at=AFTER) == "period-past"
    assert facts(AWARDED, to_yesterday, BUYER) == {
        "period_to": "2026-03-20",
        "today": "2026-03-21",
    }


@pytest.mark.parametrize("need", [CASH_NEED, VOLUNTEER_NEED])
def test_the_auction_reserves_each_of_its_needs(need: str) -> None:
    released = since((need, NeedReleased(auction_id=AUCTION)))
    elsewhere = [*released, (need, NeedRelisted(auction_id="auction-a002", relevance="Near"))]
    cash_only = replace(AWARD_APPROVED, lines=AWARD_APPROVED.lines[:1])
    unpledged = award(ASSESSED, RECOMMENDED, cash_only, SENT, STANDSTILL)

    for given in (released, elsewhere, [*unpledged, *elsewhere[-2:]]):
        assert outcome(given=given, when=ENTER, by=BUYER, at=AFTER) == "need-not-reserved"
    assert facts(released, ENTER, BUYER) == {"need": need, "listed_in": "none"}
    assert facts(elsewhere, ENTER, BUYER) == {"need": need, "listed_in": "auction-a002"}


def test_no_awarded_line_is_more_than_what_is_outstanding_of_its_need() -> None:
    def committed(quantity: int) -> Past:
        other = NeedCommitted(pledge_id="pledge-other", quantity=Decimal(quantity))
        return since((CASH_NEED, other))

    rest, one_less = committed(2_600_000), committed(2_600_001)

    assert isinstance(outcome(given=rest, when=ENTER, by=BUYER, at=AFTER), list)
    assert outcome(given=one_less, when=ENTER, by=BUYER, at=AFTER) == "need-not-reserved"
    assert facts(one_less, ENTER, BUYER) == {
        "need": CASH_NEED,
        "awarded": "2400000",
        "outstanding": "2399999",
    }


def test_of_a_rate_line_the_cap_is_outstanding() -> None:
    def capped(cap: int) -> Past:
        lines = tuple(
            replace(line, rate=Decimal("0.0001"), cap=Decimal(cap))
            if line.need_id == LAPTOP_NEED
            else line
            for line in AWARD_APPROVED.lines
        )
        approved = replace(AWARD_APPROVED, lines=lines)
        return award(ASSESSED, RECOMMENDED, approved, SENT, STANDSTILL)

    assert isinstance(outcome(given=capped(1_100), when=ENTER, by=BUYER, at=AFTER), list)
    assert outcome(given=capped(1_101), when=ENTER, by=BUYER, at=AFTER) == "need-not-reserved"
