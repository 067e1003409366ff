"""Freezing the rules of an auction: two people, and never changed again (invariant 10)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.bounds import unless_statable, unless_whole
from svx_ledger.domain.conflict import unless_conflicted, unless_reviewed
from svx_ledger.domain.digest import digest
from svx_ledger.domain.form import MOST_BID_POINTS, AuctionId, Count
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.need import Need
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.values import value_pence

from .events import MOST_NEEDS, AuctionRulesFrozen, FreezeRequested, RequestNo
from .lines import points_of
from .state import Auction
from .steps import OTHER_REQUEST, unless_in
from .terms import FrozenNeed, NeedCap

NO_NEEDS = Rule(
    "no-needs",
    "An auction has at least one need to bid on.",
    "List a need first.",
)
CAP_NOT_LISTED = Rule(
    "cap-not-listed",
    "A cap is set on a need that is listed in the auction.",
    "List the need, or leave its cap out.",
)
CAP_TWICE = Rule(
    "cap-twice",
    "A need has one cap.",
    "Keep one cap for the need.",
)
CAP_NOT_POSITIVE = Rule(
    "cap-not-positive",
    "A cap leaves something to pledge.",
    "Set a cap above zero.",
)
CAP_ABOVE_OUTSTANDING = Rule(
    "cap-above-outstanding",
    "No bid may pledge more to a need than is outstanding.",
    "Request the freeze with a lower cap, or without one for what is outstanding.",
)
MEASURE_WITHOUT_POINTS = Rule(
    "measure-without-points",
    "Where bids are compared in points, the proxy set gives points for every measure.",
    "Take the need off the list, or draft with a proxy set that gives its measure points.",
)
POINTS_TOO_MANY = Rule(
    "points-too-many",
    "A bid scores at most a million million points.",
    "Check the caps and the points for one unit.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFreeze(Command):
    """Ask that the rules be frozen, with the needs listed so far and any lower caps."""

    auction_id: AuctionId
    caps: Annotated[tuple[NeedCap, ...], Count(0, MOST_NEEDS)]

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, its proxies and its listed needs."""
        return _priced(states, self.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request the freeze.

        - The auction's authority requests it.
        - The auction is drafted; a later request takes the place of an earlier one.
        - At least one need is listed.
        - Where bids are compared in points, each listed measure has points.
        - A cap is on a listed need, one for each, above zero.
        - A cap is whole where the measure is indivisible.
        - A cap is not above what is outstanding.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "drafted"):
            return refusal
        if not auction.listed:
            return NO_NEEDS.refuse()
        if refusal := _without_points(auction, states):
            return refusal
        refusal = _fault_in_caps(self.caps, auction, states)
        if refusal := refusal or _above_outstanding(self.caps, states):
            return refusal
        requested = FreezeRequested(
            caps=self.caps, requested_by=actor.id, request_no=auction.requests + 1
        )
        return [(self.auction_id, requested)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveFreeze(Command):
    """Freeze the rules, as the second person; `request_no` says as which request has them."""

    auction_id: AuctionId
    request_no: RequestNo | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, its proxies and its listed needs, and its procurement."""
        named = _priced(states, self.auction_id)
        if self.auction_id not in states:
            return named
        return (*named, states.of(Auction, self.auction_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Freeze the rules.

        - The auction's authority freezes them.
        - Whoever freezes has no live conflict of interest (invariant 20).
        - The auction is still drafted: none that ended comes back.
        - The freeze was requested, and no need was listed or taken out since.
        - The request is the one that is named, where one is.
        - Nobody approves their own request.
        - Conflicts of interest were reviewed since the last declaration.
        - A cap is not above what is outstanding now; where none is set, it is just that.
        - All that can be pledged has a value that a bid can state, and points likewise.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
            return refusal
        request = auction.freeze_request
        if auction.phase != "drafted" or request is None:
            return WRONG_STATE.refuse(state=auction.phase, expected="freeze requested")
        if self.request_no not in (None, request.request_no):
            return OTHER_REQUEST.refuse(request_no=request.request_no or 0)
        if actor.id == request.requested_by:
            return SAME_PERSON.refuse(person=actor.id)
        refusal = unless_reviewed(procurement)
        if refusal := refusal or _above_outstanding(request.caps, states):
            return refusal
        needs = _frozen(auction, {cap.need_id: cap.quantity for cap in request.caps}, states)
        if refusal := _beyond_statable(auction, needs):
            return refusal
        frozen = AuctionRulesFrozen(
            approved_by=actor.id,
            needs=needs,
            rules_sha256=digest((auction.terms, needs)),
            request_no=self.request_no,
        )
        return [(self.auction_id, frozen)]


def _without_points(auction: Auction, states: States) -> Refusal | None:
    if auction.terms.basis == "pounds":
        return None
    proxies = states.of(ProxySet, auction.proxy_set_id).proxies
    for need_id, need in auction.listed.items():
        if proxies[need.measure].points_per_unit is None:
            return MEASURE_WITHOUT_POINTS.refuse(need=need_id, measure=need.measure)
    return None


def _beyond_statable(auction: Auction, needs: tuple[FrozenNeed, ...]) -> Refusal | None:
    worth_pence = sum(value_pence(need.cap, need.pounds_per_unit) for need in needs)
    if refusal := unless_statable(worth_pence):
        return refusal
    if auction.terms.basis == "points":
        points = sum(points_of(need.cap, need) for need in needs)
        if points > MOST_BID_POINTS:
            return POINTS_TOO_MANY.refuse(points=Decimal(points))
    return None


def _priced(states: States, auction_id: str) -> tuple[str, ...]:
    if auction_id not in states:
        return (auction_id,)
    auction = states.of(Auction, auction_id)
    return (auction_id, auction.proxy_set_id, *auction.listed)


def _fault_in_caps(
    caps: tuple[NeedCap, ...], auction: Auction, states: States
) -> Refusal | None:
    proxies = states.of(ProxySet, auction.proxy_set_id).proxies
    seen: set[str] = set()
    for cap in caps:
        need = auction.listed.get(cap.need_id)
        if need is None:
            return CAP_NOT_LISTED.refuse(need=cap.need_id)
        if cap.need_id in seen:
            return CAP_TWICE.refuse(need=cap.need_id)
        if cap.quantity <= 0:
            return CAP_NOT_POSITIVE.refuse(need=cap.need_id)
        divisible = proxies[need.measure].divisible
        if refusal := unless_whole(cap.quantity, divisible=divisible, need=cap.need_id):
            return refusal
        seen.add(cap.need_id)
    return None


def _above_outstanding(caps: tuple[NeedCap, ...], states: States) -> Refusal | None:
    for cap in caps:
        outstanding = states.of(Need, cap.need_id).outstanding
        if cap.quantity > outstanding:
            return CAP_ABOVE_OUTSTANDING.refuse(
                need=cap.need_id, cap=cap.quantity, outstanding=outstanding
            )
    return None


def _frozen(
    auction: Auction, caps: dict[str, Decimal], states: States
) -> tuple[FrozenNeed, ...]:
    proxies = states.of(ProxySet, auction.proxy_set_id).proxies
    in_points = auction.terms.basis == "points"
    return tuple(
        FrozenNeed(
            need_id=need_id,
            measure=need.measure,
            unit=need.unit,
            divisible=proxies[need.measure].divisible,
            pounds_per_unit=proxies[need.measure].pounds_per_unit,
            cap=caps.get(need_id, states.of(Need, need_id).outstanding),
            points_per_unit=proxies[need.measure].points_per_unit if in_points else None,
        )
        for need_id, need in auction.listed.items()
    )
