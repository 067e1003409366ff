"""Freezing the rules: each rule on either side of its boundary."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import AuctionCancelled
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
    DECLARED,
    JUDGED,
    LAPTOPS,
    OTHER_BUYER,
    PROCUREMENT,
    PROXY_SET,
    Past,
)
from tests.domain.outcome import outcome

from .points import HOURS_IN_POINTS, LAPTOPS_IN_POINTS, POINTS
from .scene import (
    ANNOUNCED,
    AUCTION,
    DRAFTED,
    FROZEN_HOURS,
    FROZEN_LAPTOPS,
    HOURS,
    HOURS_NEED,
    INVITING,
    LAPTOP_NEED,
    LISTED,
    REQUESTED,
    TERMS,
    UNFROZEN,
    here,
    told,
    with_terms,
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


def test_an_auction_that_ended_is_not_frozen_on_an_earlier_request() -> None:
    cancelled = AuctionCancelled(reason="No budget", procurement_id=PROCUREMENT, lot="1")
    given = [*ASKED, *here(cancelled)]

    assert isinstance(outcome(given=ASKED, when=APPROVE, by=APPROVER), list)
    assert outcome(given=given, when=APPROVE, by=APPROVER) == "wrong-state"
    assert told(given=given, when=APPROVE, by=APPROVER)["state"] == "cancelled"


def test_nobody_approves_their_own_request() -> None:
    own = replace(APPROVER, id=BUYER.id)

    assert outcome(given=ASKED, when=APPROVE, by=own) == "same-person"
    assert told(given=ASKED, when=APPROVE, by=own) == {"person": BUYER.id}


def test_the_request_that_stands_is_the_last() -> None:
    given = [*ASKED, *here(replace(REQUESTED, requested_by=APPROVER.id))]

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "same-person"
    assert isinstance(outcome(given=given, when=APPROVE, by=BUYER), list)


def pointed(laptop: str | None, hour: str | None) -> Past:
    """The listed needs in an auction in points, and what the proxy set gives their measures."""
    points = {LAPTOPS: laptop, HOURS: hour}
    proxies = [
        replace(proxy, points_per_unit=None if given is None else Decimal(given))
        for proxy, given in points.items()
    ]
    past = [(stream, event) for stream, event in UNFROZEN if not isinstance(event, ProxyAdded)]
    added: Past = [(PROXY_SET, ProxyAdded(proxy=proxy)) for proxy in proxies]
    return with_terms([*added, *past], POINTS)


def test_in_points_each_listed_measure_has_points() -> None:
    half = pointed("5", None)

    assert outcome(given=pointed("5", "0.25"), when=REQUEST, by=BUYER) == [REQUESTED]
    assert outcome(given=half, when=REQUEST, by=BUYER) == "measure-without-points"
    assert told(given=half, when=REQUEST, by=BUYER) == {
        "need": HOURS_NEED,
        "measure": "volunteer-hour",
    }
    assert outcome(given=with_terms(half, TERMS), when=REQUEST, by=BUYER) == [REQUESTED]


def test_points_are_frozen_where_they_are_what_bids_are_compared_by() -> None:
    asked = [*pointed("5", "0.25"), *here(REQUESTED)]
    needs = (LAPTOPS_IN_POINTS, HOURS_IN_POINTS)

    assert outcome(given=asked, when=APPROVE, by=APPROVER) == [
        AuctionRulesFrozen(
            approved_by=APPROVER.id, needs=needs, rules_sha256=digest((POINTS, needs))
        )
    ]
    assert outcome(given=with_terms(asked, TERMS), when=APPROVE, by=APPROVER) == frozen(
        FROZEN_LAPTOPS, FROZEN_HOURS
    )


def test_all_that_can_be_pledged_scores_what_a_bid_can_state() -> None:
    """Twenty laptops, a hundred hours: 20 × 49,999,999,995 + 100 is a million million."""
    most = [*pointed("49999999995", "1"), *here(REQUESTED)]
    beyond = [*pointed("49999999995", "1.000001"), *here(REQUESTED)]

    assert isinstance(outcome(given=most, when=APPROVE, by=APPROVER), list)
    assert outcome(given=beyond, when=APPROVE, by=APPROVER) == "points-too-many"
    assert told(given=beyond, when=APPROVE, by=APPROVER) == {"points": "1000000000000.0001"}
    assert isinstance(outcome(given=with_terms(beyond, TERMS), when=APPROVE, by=APPROVER), list)


def test_all_that_can_be_pledged_has_a_value_that_a_bid_can_state() -> None:
    def worth(pounds_per_unit: str) -> Past:
        """Twenty laptops at this price, and no other need."""
        dear = ProxyAdded(proxy=replace(LAPTOPS, pounds_per_unit=Decimal(pounds_per_unit)))
        return [*ANNOUNCED, (PROXY_SET, dear), *here(DRAFTED, LISTED[0], REQUESTED)]

    most, beyond = worth("500000000000"), worth("500000000000.0005")

    assert isinstance(outcome(given=most, when=APPROVE, by=APPROVER), list)
    assert outcome(given=beyond, when=APPROVE, by=APPROVER) == "worth-too-much"
    assert told(given=beyond, when=APPROVE, by=APPROVER) == {"worth": "£10,000,000,000,000.01"}


def test_nobody_with_a_conflict_freezes() -> None:
    conflicted = [*ASKED, (PROCUREMENT, replace(DECLARED, person_id=APPROVER.id))]

    assert outcome(given=conflicted, when=APPROVE, by=APPROVER) == "conflict-of-interest"
    assert isinstance(
        outcome(given=[*conflicted, (PROCUREMENT, JUDGED)], when=APPROVE, by=APPROVER), list
    )


def test_conflicts_were_reviewed_since_the_last_declaration() -> None:
    given = [*ASKED, (PROCUREMENT, DECLARED)]

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "conflicts-unreviewed"
    assert isinstance(
        outcome(given=[*given, (PROCUREMENT, JUDGED)], when=APPROVE, by=APPROVER), list
    )


def test_the_request_that_is_approved_is_the_one_that_is_named() -> None:
    again = [*ASKED, *here(replace(REQUESTED, request_no=2))]
    by_number = replace(APPROVE, request_no=2)
    frozen_then = outcome(given=again, when=by_number, by=APPROVER)

    assert isinstance(frozen_then, list)
    (rules,) = frozen_then
    assert isinstance(rules, AuctionRulesFrozen)
    assert rules.request_no == 2
    first = replace(APPROVE, request_no=1)
    assert outcome(given=again, when=first, by=APPROVER) == "other-request"
    assert told(given=again, when=first, by=APPROVER) == {"request_no": 2}
    assert isinstance(outcome(given=again, when=APPROVE, by=APPROVER), list)
    unnumbered = [*UNFROZEN, *here(replace(REQUESTED, request_no=None))]
    assert told(given=unnumbered, when=first, by=APPROVER) == {"request_no": 0}


def test_a_later_request_has_the_next_number() -> None:
    assert outcome(given=ASKED, when=REQUEST, by=BUYER) == [replace(REQUESTED, request_no=2)]
