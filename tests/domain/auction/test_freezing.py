"""Freezing the rules: each rule on either side of its boundary."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.events import AuctionRulesFrozen
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.terms import NeedCap
from svx_ledger.domain.digest import digest
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedCommitted
from svx_ledger.domain.proxies import ProxyAdded
from tests.domain.cast import (
    APPROVER,
    BIDDER,
    BUYER,
    LAPTOPS,
    OTHER_BUYER,
    PROXY_SET,
    Past,
)
from tests.domain.outcome import outcome

from .scene import (
    ANNOUNCED,
    AUCTION,
    DRAFTED,
    FROZEN_HOURS,
    FROZEN_LAPTOPS,
    HOURS_NEED,
    INVITING,
    LAPTOP_NEED,
    LISTED,
    REQUESTED,
    TERMS,
    UNFROZEN,
    here,
    told,
)

REQUEST = RequestFreeze(auction_id=AUCTION, caps=())
APPROVE = ApproveFreeze(auction_id=AUCTION)
ASKED: Past = [*UNFROZEN, *here(REQUESTED)]


def capped(quantity: str, need: str = HOURS_NEED) -> RequestFreeze:
    return replace(REQUEST, caps=(NeedCap(need_id=need, quantity=Decimal(quantity)),))


def committed(quantity: str) -> Past:
    """Another contract's pledge covers part of the hours asked for."""
    return [(HOURS_NEED, NeedCommitted(pledge_id="pledge-p001", quantity=Decimal(quantity)))]


def frozen(*needs: object) -> list[Event]:
    return [
        AuctionRulesFrozen(
            approved_by=APPROVER.id,
            needs=needs,  # type: ignore[arg-type]
            rules_sha256=digest((TERMS, needs)),
        )
    ]


def test_a_freeze_is_requested_by_a_named_person() -> None:
    assert outcome(given=UNFROZEN, when=REQUEST, by=BUYER) == [REQUESTED]


@pytest.mark.parametrize("command", [REQUEST, APPROVE])
def test_the_auctions_authority_freezes(command: RequestFreeze | ApproveFreeze) -> None:
    assert outcome(given=ASKED, when=command, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=ASKED, when=command, by=BIDDER) == "role-not-allowed"


@pytest.mark.parametrize("command", [REQUEST, APPROVE])
def test_rules_are_frozen_once(command: RequestFreeze | ApproveFreeze) -> None:
    assert outcome(given=INVITING, when=command, by=APPROVER) == "wrong-state"


def test_at_least_one_need_is_listed() -> None:
    assert outcome(given=[*ANNOUNCED, *here(DRAFTED)], when=REQUEST, by=BUYER) == "no-needs"
    one = [*ANNOUNCED, *here(DRAFTED, LISTED[0])]
    assert outcome(given=one, when=REQUEST, by=BUYER) == [REQUESTED]


def test_a_cap_is_on_a_listed_need() -> None:
    unlisted = [*ANNOUNCED, *here(DRAFTED, LISTED[0])]

    assert outcome(given=unlisted, when=capped("1"), by=BUYER) == "cap-not-listed"
    assert told(given=unlisted, when=capped("1"), by=BUYER) == {"need": HOURS_NEED}
    assert isinstance(outcome(given=UNFROZEN, when=capped("1"), by=BUYER), list)


def test_a_need_has_one_cap() -> None:
    twice = replace(REQUEST, caps=capped("1").caps * 2)

    assert outcome(given=UNFROZEN, when=twice, by=BUYER) == "cap-twice"
    assert told(given=UNFROZEN, when=twice, by=BUYER) == {"need": HOURS_NEED}


def test_a_cap_is_above_zero() -> None:
    assert outcome(given=UNFROZEN, when=capped("0"), by=BUYER) == "cap-not-positive"
    assert told(given=UNFROZEN, when=capped("0"), by=BUYER) == {"need": HOURS_NEED}
    assert isinstance(outcome(given=UNFROZEN, when=capped("0.000001"), by=BUYER), list)


def test_a_cap_is_whole_where_the_measure_is_indivisible() -> None:
    half = capped("1.5", LAPTOP_NEED)

    assert outcome(given=UNFROZEN, when=half, by=BUYER) == "quantity-indivisible"
    assert told(given=UNFROZEN, when=half, by=BUYER) == {"need": LAPTOP_NEED, "quantity": "1.5"}
    assert isinstance(outcome(given=UNFROZEN, when=capped("1", LAPTOP_NEED), by=BUYER), list)
    assert isinstance(outcome(given=UNFROZEN, when=capped("1.5"), by=BUYER), list)


def test_a_cap_is_not_above_what_is_outstanding() -> None:
    given = [*UNFROZEN, *committed("10")]

    assert isinstance(outcome(given=given, when=capped("90"), by=BUYER), list)
    assert outcome(given=given, when=capped("90.000001"), by=BUYER) == "cap-above-outstanding"
    assert told(given=given, when=capped("90.000001"), by=BUYER) == {
        "need": HOURS_NEED,
        "cap": "90.000001",
        "outstanding": "90",
    }


def test_what_is_outstanding_is_asked_again_at_the_freeze() -> None:
    request = replace(REQUESTED, caps=capped("90").caps)
    given = [*UNFROZEN, *here(request)]
    at_90 = replace(FROZEN_HOURS, cap=Decimal(90))

    assert outcome(given=[*given, *committed("10")], when=APPROVE, by=APPROVER) == frozen(
        FROZEN_LAPTOPS, at_90
    )
    assert outcome(given=[*given, *committed("10.000001")], when=APPROVE, by=APPROVER) == (
        "cap-above-outstanding"
    )


def test_a_cap_below_what_is_outstanding_stands() -> None:
    given = [*UNFROZEN, *here(replace(REQUESTED, caps=capped("40").caps))]

    assert outcome(given=given, when=APPROVE, by=APPROVER) == frozen(
        FROZEN_LAPTOPS, replace(FROZEN_HOURS, cap=Decimal(40))
    )


def test_without_a_cap_it_is_what_is_outstanding_now() -> None:
    uncapped = outcome(given=ASKED, when=APPROVE, by=APPROVER)
    part_covered = outcome(given=[*ASKED, *committed("0.5")], when=APPROVE, by=APPROVER)

    assert uncapped == frozen(FROZEN_LAPTOPS, FROZEN_HOURS)
    assert part_covered == frozen(FROZEN_LAPTOPS, replace(FROZEN_HOURS, cap=Decimal("99.5")))


def test_a_freeze_is_requested_before_it_is_approved() -> None:
    assert outcome(given=UNFROZEN, when=APPROVE, by=APPROVER) == "wrong-state"
    assert told(given=UNFROZEN, when=APPROVE, by=APPROVER) == {
        "state": "drafted",
        "expected": "freeze requested",
    }


def test_a_need_listed_after_the_request_asks_for_another_request() -> None:
    given = [*ANNOUNCED, *here(DRAFTED, LISTED[0], REQUESTED, LISTED[1])]

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "wrong-state"
    again = [*given, *here(REQUESTED)]
    assert isinstance(outcome(given=again, when=APPROVE, by=APPROVER), list)


def test_nobody_approves_their_own_request() -> None:
    own = replace(APPROVER, id=BUYER.id)

    assert outcome(given=ASKED, when=APPROVE, by=own) == "same-person"
    assert told(given=ASKED, when=APPROVE, by=own) == {"person": BUYER.id}


def test_the_request_that_stands_is_the_last() -> None:
    given = [*ASKED, *here(replace(REQUESTED, requested_by=APPROVER.id))]

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "same-person"
    assert isinstance(outcome(given=given, when=APPROVE, by=BUYER), list)


def test_all_that_can_be_pledged_has_a_value_that_a_bid_can_state() -> None:
    def worth(pounds_per_unit: str) -> Past:
        """Twenty laptops at this price, and no other need."""
        dear = ProxyAdded(proxy=replace(LAPTOPS, pounds_per_unit=Decimal(pounds_per_unit)))
        return [*ANNOUNCED, (PROXY_SET, dear), *here(DRAFTED, LISTED[0], REQUESTED)]

    most, beyond = worth("500000000000"), worth("500000000000.0005")

    assert isinstance(outcome(given=most, when=APPROVE, by=APPROVER), list)
    assert outcome(given=beyond, when=APPROVE, by=APPROVER) == "worth-too-much"
    assert told(given=beyond, when=APPROVE, by=APPROVER) == {"worth": "£10,000,000,000,000.01"}
