"""The rules of needs, each on either side of its boundary."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.need import (
    ApproveNeed,
    Need,
    NeedApproved,
    NeedCommitted,
    NeedListed,
    NeedReleased,
    NeedRelisted,
    NeedWithdrawn,
    ProposeNeed,
    WithdrawNeed,
)
from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
)

from .cast import (
    APPROVED,
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    LEAD,
    NEED,
    OTHER_BUYER,
    PLACE,
    PROJECT,
    PROPOSED,
    STARTED,
    SUPPLIER,
    THEME,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome
from .worked_example import facts

PROPOSE = ProposeNeed(
    need_id=NEED,
    **{f.name: getattr(PROPOSED, f.name) for f in fields(ProposeNeed) if f.name != "need_id"},
)
APPROVE = ApproveNeed(need_id=NEED, approver_organisation=AUTHORITY)
HISTORY: Past = [*verified(AUTHORITY, "authority"), *STARTED, (NEED, PROPOSED)]


def need_after(*events: object) -> Need:
    history = [(NEED, event) for event in (PROPOSED, APPROVED, *events)]
    need = World(history).streams[NEED]  # type: ignore[arg-type]
    assert isinstance(need, Need)
    return need


def test_a_need_is_recorded_with_the_organisation_and_the_person_behind_it() -> None:
    assert outcome(given=STARTED, when=PROPOSE, by=LEAD) == [PROPOSED]


def test_the_projects_organisation_proposes_or_the_operator_on_its_behalf() -> None:
    helper = replace(OPERATOR, on_behalf_of=COMMUNITY)
    other = replace(LEAD, organisation="organisation-comm2")

    assert outcome(given=STARTED, when=PROPOSE, by=helper) == [
        replace(PROPOSED, proposed_by=OPERATOR.id)
    ]
    assert outcome(given=STARTED, when=PROPOSE, by=other) == "not-yours"
    assert outcome(given=STARTED, when=PROPOSE, by=OPERATOR) == "role-not-allowed"


def test_the_organisation_is_still_verified_and_not_suspended() -> None:
    suspended: Past = [
        (COMMUNITY, OrganisationSuspended(reason="Looked into", suspended_by="person-1"))
    ]
    reinstated: Past = [
        *suspended,
        (COMMUNITY, OrganisationReinstated(reason="Cleared", reinstated_by="person-1")),
    ]
    for given, command, by in ((STARTED, PROPOSE, LEAD), (HISTORY, APPROVE, BUYER)):
        assert outcome(given=[*given, *suspended], when=command, by=by) == "not-verified"
        refused = facts([*given, *suspended], command, by, NOON)
        assert refused == {"state": "suspended", "expected": "verified"}
        assert isinstance(outcome(given=[*given, *reinstated], when=command, by=by), list)


def test_only_the_auction_that_reserves_a_need_releases_it() -> None:
    listed = NeedListed(auction_id="auction-a001", relevance="local")

    def released_by(auction: str) -> Need:
        return need_after(listed, NeedReleased(auction_id=auction))

    assert released_by("auction-b002").listed_in == "auction-a001"
    assert released_by("auction-a001").listed_in is None


@pytest.mark.parametrize(
    ("quantity", "refused"), [("0.000001", False), ("0", True), ("-1", True)]
)
def test_a_need_asks_for_more_than_nothing(quantity: str, *, refused: bool) -> None:
    propose = replace(PROPOSE, quantity=Decimal(quantity))

    assert (outcome(given=STARTED, when=propose, by=LEAD) == "nothing-asked") is refused


def test_a_need_is_needed_today_or_later() -> None:
    today = replace(PROPOSE, needed_by=NOON.date())
    yesterday = replace(PROPOSE, needed_by=NOON.date() - timedelta(days=1))

    assert isinstance(outcome(given=STARTED, when=today, by=LEAD), list)
    assert outcome(given=STARTED, when=yesterday, by=LEAD) == "needed-in-the-past"


def test_today_is_the_day_in_the_united_kingdom() -> None:
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    june = replace(PROPOSE, needed_by=date(2026, 6, 30))

    assert outcome(given=STARTED, when=june, by=LEAD, at=first_of_july) == "needed-in-the-past"


def test_what_a_need_names_exists_and_the_need_does_not() -> None:
    assert outcome(when=PROPOSE, by=LEAD) == "not-found"
    assert outcome(given=HISTORY, when=PROPOSE, by=LEAD) == "already-exists"


def test_a_person_of_the_authority_named_approves() -> None:
    nobodys = replace(BUYER, organisation=None)
    observer = replace(BUYER, role="authority.observer")

    assert outcome(given=HISTORY, when=APPROVE, by=BUYER) == [
        NeedApproved(approved_by=BUYER.id, approver_organisation=AUTHORITY)
    ]
    assert isinstance(outcome(given=HISTORY, when=APPROVE, by=APPROVER), list)
    assert outcome(given=HISTORY, when=APPROVE, by=BIDDER) == "role-not-allowed"
    assert outcome(given=HISTORY, when=APPROVE, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=HISTORY, when=APPROVE, by=observer) == "role-not-allowed"
    assert outcome(given=HISTORY, when=APPROVE, by=nobodys) == "not-yours"
    assert outcome(given=HISTORY, when=APPROVE, by=OTHER_BUYER) == "not-yours"


def test_who_approves_is_an_authority_and_verified() -> None:
    needed: Past = [*STARTED, (NEED, PROPOSED)]
    supplier = [*needed, *verified(AUTHORITY, "supplier")]
    unverified = [*needed, *registered(AUTHORITY, "authority")]

    assert outcome(given=supplier, when=APPROVE, by=BUYER) == "wrong-side"
    assert outcome(given=unverified, when=APPROVE, by=BUYER) == "not-verified"
    assert outcome(given=needed, when=APPROVE, by=BUYER) == "not-found"


def test_nobody_approves_a_need_of_its_own_organisation() -> None:
    own = replace(BUYER, organisation=COMMUNITY)
    acting_for = replace(BUYER, on_behalf_of=COMMUNITY)

    assert outcome(given=HISTORY, when=APPROVE, by=own) == "approves-own-need"
    assert outcome(given=HISTORY, when=APPROVE, by=acting_for) == "approves-own-need"


def test_nobody_approves_what_the_same_person_proposed() -> None:
    two_hats = replace(BUYER, id=LEAD.id)

    assert outcome(given=HISTORY, when=APPROVE, by=two_hats) == "same-person"


def test_a_need_is_approved_once() -> None:
    approved = [*HISTORY, (NEED, APPROVED)]

    assert outcome(given=approved, when=APPROVE, by=APPROVER) == "wrong-state"


def test_a_need_that_is_approved_exists() -> None:
    assert outcome(given=STARTED, when=APPROVE, by=BUYER) == "not-found"


def test_a_need_keeps_what_was_asked() -> None:
    assert need_after() == Need(
        project_id=PROJECT,
        organisation_id=COMMUNITY,
        measure="laptop",
        unit="laptop",
        quantity=Decimal(20),
        place=PLACE,
        theme=THEME,
        needed_by=date(2026, 9, 1),
        proposed_by=LEAD.id,
        phase="approved",
        approver_organisation=AUTHORITY,
        use=PROPOSED.use,
        delivered_by=PROPOSED.delivered_by,
        in_place=PROPOSED.in_place,
    )


def test_outstanding_is_what_no_pledge_in_force_covers() -> None:
    first = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal("7.5"))
    second = NeedCommitted(pledge_id="pledge-b002", quantity=Decimal(4))

    assert need_after().outstanding == Decimal(20)
    assert need_after(first).outstanding == Decimal("12.5")
    assert need_after(first, second).outstanding == Decimal("8.5")


def test_a_later_commitment_of_the_same_pledge_replaces_the_earlier_one() -> None:
    first = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(7))
    varied = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(5))

    assert need_after(first, varied).outstanding == Decimal(15)


def test_an_auction_reserves_a_need_until_it_releases_it() -> None:
    listed = NeedListed(auction_id="auction-a001", relevance="The force refurbishes laptops")
    committed = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(5))
    released = NeedReleased(auction_id="auction-a001")

    assert need_after(listed).listed_in == "auction-a001"
    assert need_after(listed, committed).listed_in == "auction-a001"
    assert need_after(listed, committed, released).listed_in is None


def tied(one: str, other: str) -> Past:
    tie = ConnectionDeclared(connected_to=other, nature="director", declared_by="person-1")
    return [(one, tie), (other, replace(tie, connected_to=one, mirrored=True))]


def test_nobody_approves_a_need_of_an_organisation_it_is_connected_with() -> None:
    connected = [*HISTORY, *tied(AUTHORITY, COMMUNITY)]
    elsewhere = [*HISTORY, *verified(SUPPLIER, "supplier"), *tied(SUPPLIER, COMMUNITY)]

    assert outcome(given=connected, when=APPROVE, by=BUYER) == "approver-connected"
    assert facts(connected, APPROVE, BUYER, NOON) == {"organisation": COMMUNITY}
    assert isinstance(outcome(given=elsewhere, when=APPROVE, by=BUYER), list)


def test_nobody_approves_a_need_of_a_group_that_it_hosts() -> None:
    hosted = [
        (stream, replace(event, host_id=AUTHORITY))
        if stream == COMMUNITY and isinstance(event, OrganisationRegistered)
        else (stream, event)
        for stream, event in HISTORY
    ]

    assert outcome(given=hosted, when=APPROVE, by=BUYER) == "approver-connected"


WITHDRAW = WithdrawNeed(need_id=NEED, reason="The club found laptops elsewhere")
WITHDRAWN = NeedWithdrawn(
    reason="The club found laptops elsewhere", quantity=Decimal(20), withdrawn_by=LEAD.id
)
APPROVED_NEED: Past = [*HISTORY, (NEED, APPROVED)]
LISTED = NeedListed(auction_id="auction-a001", relevance="The force refurbishes laptops")
RELEASED = NeedReleased(auction_id="auction-a001")


def test_its_organisation_withdraws_a_need_or_the_operator_on_its_behalf() -> None:
    helper = replace(OPERATOR, on_behalf_of=COMMUNITY)

    for past in (HISTORY, APPROVED_NEED):
        assert outcome(given=past, when=WITHDRAW, by=LEAD) == [WITHDRAWN]
    assert outcome(given=HISTORY, when=WITHDRAW, by=helper) == [
        replace(WITHDRAWN, withdrawn_by=OPERATOR.id)
    ]
    assert outcome(given=HISTORY, when=WITHDRAW, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=HISTORY, when=WITHDRAW, by=BUYER) == "role-not-allowed"
    other = replace(LEAD, organisation="organisation-comm2")
    assert outcome(given=HISTORY, when=WITHDRAW, by=other) == "not-yours"


def test_a_need_is_withdrawn_once() -> None:
    given: Past = [*APPROVED_NEED, (NEED, WITHDRAWN)]

    assert outcome(given=given, when=WITHDRAW, by=LEAD) == "wrong-state"
    assert facts(given, WITHDRAW, LEAD, NOON) == {
        "state": "withdrawn",
        "expected": "proposed, approved",
    }
    assert outcome(given=given, when=APPROVE, by=BUYER) == "wrong-state"


def test_a_need_that_an_auction_lists_is_not_withdrawn() -> None:
    listed: Past = [*APPROVED_NEED, (NEED, LISTED)]

    assert outcome(given=listed, when=WITHDRAW, by=LEAD) == "need-listed-already"
    assert facts(listed, WITHDRAW, LEAD, NOON) == {"auction": "auction-a001"}
    assert outcome(given=[*listed, (NEED, RELEASED)], when=WITHDRAW, by=LEAD) == [WITHDRAWN]


def test_only_what_is_outstanding_is_withdrawn() -> None:
    part = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal("19.5"))
    whole = replace(part, quantity=Decimal(20))

    assert outcome(given=[*APPROVED_NEED, (NEED, part)], when=WITHDRAW, by=LEAD) == [
        replace(WITHDRAWN, quantity=Decimal("0.5"))
    ]
    covered: Past = [*APPROVED_NEED, (NEED, whole)]
    assert outcome(given=covered, when=WITHDRAW, by=LEAD) == "nothing-outstanding"
    assert facts(covered, WITHDRAW, LEAD, NOON) == {"outstanding": "0", "unit": "laptop"}


def test_of_a_withdrawn_need_nothing_is_outstanding_and_what_is_committed_stays() -> None:
    part = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(15))
    lowered = replace(part, quantity=Decimal(10))
    withdrawn = need_after(part, replace(WITHDRAWN, quantity=Decimal(5)), lowered)

    assert withdrawn.phase == "withdrawn"
    assert withdrawn.outstanding == 0
    assert withdrawn.commitments == {"pledge-a001": Decimal(10)}


def test_a_need_that_is_listed_again_has_its_new_date_if_there_is_one() -> None:
    again = NeedRelisted(auction_id="auction-b002", relevance="Related")
    later = replace(again, needed_by=date(2027, 1, 31))

    assert need_after(LISTED, RELEASED).listed_before
    assert not need_after().listed_before
    assert need_after(LISTED, RELEASED, again).listed_in == "auction-b002"
    assert need_after(LISTED, RELEASED, again).needed_by == PROPOSED.needed_by
    assert need_after(LISTED, RELEASED, later).needed_by == date(2027, 1, 31)
