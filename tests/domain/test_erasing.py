"""Private texts: what the rules know of them, who has them erased, and when (all fictional)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.events import AwardApproved
from svx_ledger.domain.erasing import EraseSubject, may_read, private_of
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import (
    Identifier,
    OrganisationRegistered,
    RegisterOrganisation,
)
from svx_ledger.domain.pledge.disputing import DisputeDelivery
from svx_ledger.domain.pledge.outcomes import DeliveryDisputed
from svx_ledger.domain.private import Private, SubjectErased, three_years_after
from svx_ledger.domain.procurement import (
    DeclareInterest,
    InterestDeclared,
    ProcurementCompleted,
    ProcurementTerminated,
)

from .cast import (
    AUTHORITY,
    BIDDER,
    BOUGHT,
    BUYER,
    COMMUNITY,
    DECLARED,
    LEAD,
    OTHER_BUYER,
    PROCUREMENT,
    SUPPLIER,
    Past,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome
from .test_objecting import REPRESENTATION, REPRESENTED
from .test_pledge import CLAIM, CLAIMED, NOW, PLEDGE
from .worked_example import ASSESSED, AWARD, AWARDED, CONTRACT, DISCLOSED, ENTERED, facts

FIRST, SECOND, THIRD = "1" * 64, "2" * 64, "3" * 64
GIVEN = Private(text="Ask for the treasurer, mornings only (fictional)", salt="ab" * 32)
AUDITOR = Actor(id="person-auditor", role="auditor", organisation="organisation-aud1")
OBSERVER = Actor(id="person-looks-on", role="authority.observer", organisation=AUTHORITY)


def said(commitment: str) -> Private:
    return Private(commitment=commitment)


STATED = OrganisationRegistered(
    name=SUPPLIER, side="supplier", identifiers=(Identifier(scheme="GB-COH", id="SUPP1"),)
)
ORGANISATION: Past = [(SUPPLIER, replace(STATED, contact=said(FIRST)))]
PROCURED: Past = [
    *verified(AUTHORITY, "authority"),
    (PROCUREMENT, BOUGHT),
    (PROCUREMENT, replace(DECLARED, details=said(FIRST))),
    (PROCUREMENT, replace(DECLARED, interest_no=2, nature="gift", details=said(SECOND))),
]
OBJECTED: Past = [*AWARDED, (AWARD, replace(REPRESENTED, content=said(FIRST)))]
OBJECTED_ENTERED: Past = [*ENTERED, (AWARD, replace(REPRESENTED, content=said(FIRST)))]
DELIVERED: Past = [*ENTERED, (PLEDGE, replace(CLAIMED, note=said(FIRST)))]

ERASE = EraseSubject(
    stream=PROCUREMENT,
    commitments=(FIRST,),
    basis="data-subject-request",
    reason="DSR-2026-1",
)
ERASED = SubjectErased(
    commitments=(FIRST,),
    basis="data-subject-request",
    reason="DSR-2026-1",
    erased_by=BUYER.id,
)
EACH: tuple[tuple[Past, str, Actor], ...] = (
    (ORGANISATION, SUPPLIER, BIDDER),
    (PROCURED, PROCUREMENT, BUYER),
    (OBJECTED, AWARD, BUYER),
    (DELIVERED, PLEDGE, BUYER),
)
each_holder = pytest.mark.parametrize(
    ("given", "stream", "owner"), EACH, ids=["organisation", "procurement", "award", "pledge"]
)


def erase(
    given: Past = PROCURED,
    when: EraseSubject = ERASE,
    by: Actor = BUYER,
    at: datetime = NOW,
) -> list[Event] | str:
    return outcome(given=given, when=when, by=by, at=at)


def retained(
    given: Past, stream: str, day: date, contract: str | None = None
) -> list[Event] | str:
    when = replace(ERASE, stream=stream, basis="retention", contract_id=contract)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return erase(given, when, at=at)


def test_a_private_text_goes_from_the_command_into_the_event() -> None:
    register = RegisterOrganisation(
        organisation_id=SUPPLIER,
        name="Brightway (fictional)",
        side="supplier",
        identifiers=STATED.identifiers,
        contact=GIVEN,
    )
    declare = DeclareInterest(
        procurement_id=PROCUREMENT,
        person_id=BUYER.id,
        organisation_id=SUPPLIER,
        nature="other",
        details=GIVEN,
    )

    objected = replace(REPRESENTATION, content=GIVEN)
    claimed = replace(CLAIM, note=GIVEN)
    known: Past = [*PROCURED, *ORGANISATION]

    assert outcome(when=register) == [
        replace(STATED, name="Brightway (fictional)", contact=GIVEN)
    ]
    assert outcome(given=known, when=declare, by=BUYER) == [
        InterestDeclared(
            person_id=BUYER.id,
            organisation_id=SUPPLIER,
            nature="other",
            interest_no=3,
            declared_by=BUYER.id,
            details=GIVEN,
        )
    ]
    assert outcome(given=AWARDED, when=objected, by=BUYER, at=NOW) == [
        replace(REPRESENTED, content=GIVEN)
    ]
    assert outcome(given=ENTERED, when=claimed, by=BIDDER, at=NOW) == [
        replace(CLAIMED, note=GIVEN)
    ]


def test_a_dispute_has_private_details() -> None:
    dispute = DisputeDelivery(pledge_id=PLEDGE, claim_no=1, reason="None came", details=GIVEN)
    disputed = DeliveryDisputed(
        claim_no=1,
        reason="None came",
        by="community",
        quantity=CLAIMED.quantity,
        value_pence=CLAIMED.value_pence,
        disputed_by=LEAD.id,
        details=GIVEN,
    )

    assert outcome(given=DELIVERED, when=dispute, by=LEAD, at=NOW) == [disputed]
    recorded = replace(disputed, details=said(SECOND))
    state = World([*DELIVERED, (PLEDGE, recorded)]).streams[PLEDGE]
    assert private_of(state) == {FIRST, SECOND}


@each_holder
def test_a_text_is_known_by_its_commitment_until_it_is_erased(
    given: Past, stream: str, owner: Actor
) -> None:
    del owner

    assert FIRST in private_of(World(given).streams[stream])
    assert FIRST not in private_of(World([*given, (stream, ERASED)]).streams[stream])


def test_what_has_no_private_text_has_none() -> None:
    assert private_of(World(ENTERED).streams[PLEDGE]) == set()
    assert private_of(World(ENTERED).streams[CONTRACT]) == set()
    assert private_of(None) == set()


def test_erasing_says_what_and_why() -> None:
    assert erase() == [ERASED]
    both = replace(ERASE, commitments=(FIRST, SECOND))
    assert erase(when=both) == [replace(ERASED, commitments=(FIRST, SECOND))]
    assert ERASED.erases() == (FIRST,)
    assert DECLARED.erases() == ()


@each_holder
def test_the_operator_erases_or_whose_record_it_is(
    given: Past, stream: str, owner: Actor
) -> None:
    when = replace(ERASE, stream=stream)

    assert erase(given, when, by=OPERATOR) == [replace(ERASED, erased_by=OPERATOR.id)]
    assert erase(given, when, by=owner) == [replace(ERASED, erased_by=owner.id)]
    assert erase(given, when, by=AUDITOR) == "role-not-allowed"
    assert erase(given, when, by=OBSERVER) == "role-not-allowed"
    assert erase(given, when, by=LEAD) in ("role-not-allowed", "not-yours")


def test_no_other_authority_and_no_supplier_erases() -> None:
    assert erase(by=OTHER_BUYER) == "not-yours"
    assert erase(by=BIDDER) == "role-not-allowed"
    assert facts(PROCURED, ERASE, BIDDER) == {
        "allowed": "operator, authority",
        "role": "supplier.bidder",
    }
    assert erase(ORGANISATION, replace(ERASE, stream=SUPPLIER), by=BUYER) == "not-yours"


def test_something_is_named_and_nothing_twice() -> None:
    assert isinstance(erase(), list)
    assert erase(when=replace(ERASE, commitments=())) == "nothing-to-erase"
    assert erase(when=replace(ERASE, commitments=(FIRST, FIRST))) == "nothing-to-erase"


def test_what_is_named_is_private_here_and_not_erased_yet() -> None:
    gone: Past = [*PROCURED, (PROCUREMENT, ERASED)]

    assert erase(when=replace(ERASE, commitments=(FIRST, THIRD))) == "nothing-to-erase"
    assert erase(gone) == "nothing-to-erase"
    assert erase(gone, replace(ERASE, commitments=(SECOND,))) == [
        replace(ERASED, commitments=(SECOND,))
    ]
    told = facts(PROCURED, replace(ERASE, commitments=(FIRST, THIRD)), BUYER)
    assert told == {"named": 2, "kept": 1}


def test_a_contract_is_named_where_the_retention_of_an_award_hangs_on_it() -> None:
    late = date(2030, 1, 1)

    assert retained(OBJECTED_ENTERED, AWARD, late) == "contract-unnamed"
    assert isinstance(retained(OBJECTED_ENTERED, AWARD, late, CONTRACT), list)
    on_request = replace(ERASE, stream=AWARD)
    assert isinstance(erase(OBJECTED_ENTERED, on_request), list)
    named = replace(on_request, contract_id=CONTRACT)
    assert erase(OBJECTED_ENTERED, named) == "contract-unnamed"
    pledged = replace(ERASE, stream=PLEDGE, contract_id=CONTRACT, basis="retention")
    assert erase(DELIVERED, pledged) == "contract-unnamed"
    told = replace(on_request, basis="retention")
    assert facts(OBJECTED_ENTERED, told, BUYER) == {"expected": CONTRACT}
    assert facts(OBJECTED_ENTERED, named, BUYER) == {"expected": "none"}


def test_an_awards_texts_are_kept_for_three_years_from_the_contract() -> None:
    assert retained(OBJECTED_ENTERED, AWARD, date(2029, 3, 20), CONTRACT) == "still-retained"
    assert isinstance(retained(OBJECTED_ENTERED, AWARD, date(2029, 3, 21), CONTRACT), list)


def test_without_a_contract_they_are_kept_for_three_years_from_the_award() -> None:
    assert retained(OBJECTED, AWARD, date(2029, 3, 1)) == "still-retained"
    assert isinstance(retained(OBJECTED, AWARD, date(2029, 3, 2)), list)


def test_an_award_of_before_its_day_was_stated_counts_from_its_notice() -> None:
    undated: Past = [
        (s, replace(e, approved_on=None) if isinstance(e, AwardApproved) else e)
        for s, e in OBJECTED
    ]

    assert retained(undated, AWARD, date(2029, 3, 9)) == "still-retained"
    assert isinstance(retained(undated, AWARD, date(2029, 3, 10)), list)


def test_before_an_award_its_retention_has_not_begun() -> None:
    only_assessed: Past = [
        *DISCLOSED,
        (AWARD, ASSESSED),
        (AWARD, replace(REPRESENTED, content=said(FIRST))),
    ]

    assert retained(only_assessed, AWARD, date(2040, 1, 1)) == "retention-not-begun"
    assert isinstance(erase(only_assessed, replace(ERASE, stream=AWARD)), list)


def test_a_pledges_texts_are_kept_for_three_years_from_its_contract() -> None:
    assert retained(DELIVERED, PLEDGE, date(2029, 3, 20)) == "still-retained"
    assert isinstance(retained(DELIVERED, PLEDGE, date(2029, 3, 21)), list)
    when = replace(ERASE, stream=PLEDGE, basis="retention")
    told = facts(DELIVERED, when, BUYER, NOW)
    assert told == {"over_on": "2029-03-21", "today": "2026-06-30"}


@pytest.mark.parametrize(
    "ended",
    [
        ProcurementCompleted(
            lots=("1",), auctions=(), completed_by=BUYER.id, completed_on=date(2026, 5, 4)
        ),
        ProcurementTerminated(
            reason="Sold",
            reference="UK12-1",
            lots=("1",),
            auctions=(),
            terminated_by=BUYER.id,
            terminated_on=date(2026, 5, 4),
        ),
    ],
)
def test_a_procurements_texts_are_kept_for_three_years_from_its_end(
    ended: ProcurementCompleted | ProcurementTerminated,
) -> None:
    over: Past = [*PROCURED, (PROCUREMENT, ended)]

    assert retained(PROCURED, PROCUREMENT, date(2040, 1, 1)) == "retention-not-begun"
    assert retained(over, PROCUREMENT, date(2029, 5, 3)) == "still-retained"
    assert isinstance(retained(over, PROCUREMENT, date(2029, 5, 4)), list)


def test_an_organisations_texts_have_no_retention() -> None:
    when = replace(ERASE, stream=SUPPLIER, basis="retention")

    assert erase(ORGANISATION, when, by=OPERATOR) == "retention-not-begun"


@pytest.mark.parametrize("basis", ["court-order", "data-subject-request", "recorded-in-error"])
def test_other_grounds_wait_for_nothing(basis: str) -> None:
    when = replace(ERASE, basis=basis)  # type: ignore[arg-type]

    assert erase(when=when, at=NOON) == [replace(ERASED, basis=basis)]  # type: ignore[arg-type]


def test_three_years_begin_with_a_day_and_end_before_its_third_anniversary() -> None:
    assert three_years_after(date(2026, 3, 21)) == date(2029, 3, 21)
    assert three_years_after(date(2028, 2, 29)) == date(2031, 3, 1)
    assert three_years_after(date(2028, 2, 28)) == date(2031, 2, 28)


def test_auditors_read_and_the_owner_and_who_wrote_it() -> None:
    state = World(DELIVERED).streams[PLEDGE]

    def reads(reader: Actor, written_by: Actor = BIDDER) -> bool:
        return may_read(reader, PLEDGE, state, written_by)

    colleague = Actor(id="person-two", role="supplier.signatory", organisation=SUPPLIER)
    assert reads(AUDITOR)
    assert reads(BUYER)
    assert reads(colleague)
    assert not reads(OBSERVER)
    assert not reads(OTHER_BUYER)
    assert not reads(LEAD)
    assert not reads(OPERATOR)
    assert reads(LEAD, written_by=LEAD)
    assert not reads(colleague, written_by=LEAD)


def test_what_the_operator_entered_is_read_by_whom_it_was_for() -> None:
    state = World(ORGANISATION).streams[SUPPLIER]
    employed = replace(OPERATOR, organisation="organisation-exch1")
    colleague = Actor(id="person-x", role="operator", organisation="organisation-exch1")

    assert may_read(BIDDER, SUPPLIER, state, employed)
    assert not may_read(colleague, SUPPLIER, state, employed)
    pledged = World(DELIVERED).streams[PLEDGE]
    assert may_read(LEAD, PLEDGE, pledged, replace(employed, on_behalf_of=COMMUNITY))
    assert not may_read(LEAD, PLEDGE, pledged, employed)


def test_a_private_text_is_never_printed() -> None:
    claimed = replace(CLAIMED, note=GIVEN)

    assert GIVEN.text is not None
    for shown in (repr(claimed), str(GIVEN), f"{replace(CLAIM, note=GIVEN)}"):
        assert "treasurer" not in shown
        assert "abab" not in shown
    assert FIRST in repr(said(FIRST))
    assert repr(GIVEN) == "Private(not shown)"
