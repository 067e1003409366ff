"""Listing: an approved need enters an auction that is being drafted, which reserves it.

It leaves it again while the auction is still being drafted, or may enter another one after an
earlier one released it. Apart from the need's other acts because these write to two streams.
"""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.auction.breaks import AuctionNeedRemoved
from svx_ledger.domain.auction.events import MOST_NEEDS, AuctionNeedAdded
from svx_ledger.domain.auction.freezing import MEASURE_WITHOUT_POINTS
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.steps import unless_in
from svx_ledger.domain.need.proposing import NEEDED_IN_THE_PAST
from svx_ledger.domain.need.withdrawing import unless_free, unless_outstanding

from .actor import Actor
from .bounds import unless_whole
from .form import AuctionId, NeedId, Reason
from .kind import Command, Decision, Event, States
from .need import Need, NeedListed, NeedReleased, NeedRelisted
from .organisation import Organisation
from .permission import unless_authority, unless_verified
from .proxies import ProxySet
from .rule import WRONG_STATE, Refusal, Rule
from .uk_calendar import uk_date

MEASURE_NOT_PRICED = Rule(
    "measure-not-priced",
    "An auction lists needs in the measures that its proxy set values.",
    "Use an auction with another proxy set.",
)
TOO_MANY_NEEDS = Rule(
    "too-many-needs",
    "One auction has at most 190 needs.",
    "Serve the others in another auction.",
)
UNIT_NOT_PRICED = Rule(
    "unit-not-priced",
    "A need counts in the unit that the proxy set values.",
    "Propose the need anew in the unit of the proxy set.",
)
NEED_NOT_LISTED_HERE = Rule(
    "need-not-listed-here",
    "A need leaves the auction that has it listed.",
    "Name the auction that the need is listed in.",
)
LISTED_BEFORE = Rule(
    "listed-before",
    "A need is listed once; from then on it is listed again.",
    "List the need again, with a later date if it has one.",
)
NEVER_LISTED = Rule(
    "never-listed",
    "A need is listed again once an auction that had it listed has released it.",
    "List the need; it is its first time.",
)
DATE_NOT_LATER = Rule(
    "date-not-later",
    "A need that is listed again is needed later than it was, or by the same date.",
    "Give a later date, or none.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNeed(Command):
    """Put a need up for bids, and say what it has to do with the contract."""

    need_id: NeedId
    auction_id: AuctionId
    relevance: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need with its organisation, the auction, and its proxy set."""
        return _read(states, self.need_id, self.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """List a need.

        - The auction takes it, and it is there to be taken (`unless_listable`).
        - No auction ever had it listed.
        - It is needed today (in the United Kingdom) or later.
        """
        if refusal := unless_listable(states, self.need_id, self.auction_id, actor):
            return refusal
        need = states.of(Need, self.need_id)
        if need.listed_before:
            return LISTED_BEFORE.refuse(need=self.need_id)
        if refusal := _unless_needed(need.needed_by, now):
            return refusal
        listed = NeedListed(auction_id=self.auction_id, relevance=self.relevance)
        return [(self.need_id, listed), _added(states, self.need_id, self.auction_id)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelistNeed(Command):
    """Put up again a need that an earlier auction had, with a later date if it has one."""

    need_id: NeedId
    auction_id: AuctionId
    relevance: Reason
    needed_by: date | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need with its organisation, the auction, and its proxy set."""
        return _read(states, self.need_id, self.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """List a need again.

        - The auction takes it, and it is there to be taken (`unless_listable`).
        - An earlier auction had it listed.
        - Its new date is later than the one it had; without a new date that one stands.
        - It is needed today (in the United Kingdom) or later.
        """
        if refusal := unless_listable(states, self.need_id, self.auction_id, actor):
            return refusal
        need = states.of(Need, self.need_id)
        if not need.listed_before:
            return NEVER_LISTED.refuse(need=self.need_id)
        if self.needed_by is not None and self.needed_by <= need.needed_by:
            return DATE_NOT_LATER.refuse(
                needed_by=self.needed_by.isoformat(), needed_by_was=need.needed_by.isoformat()
            )
        if refusal := _unless_needed(self.needed_by or need.needed_by, now):
            return refusal
        relisted = NeedRelisted(
            auction_id=self.auction_id, relevance=self.relevance, needed_by=self.needed_by
        )
        return [(self.need_id, relisted), _added(states, self.need_id, self.auction_id)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DelistNeed(Command):
    """Take a need out of an auction that is being drafted."""

    need_id: NeedId
    auction_id: AuctionId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need and the auction."""
        del states
        return (self.need_id, self.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Delist a need.

        - The auction's authority delists it.
        - The auction is being drafted; a freeze that was requested is to be requested again.
        - The auction has the need listed.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "drafted"):
            return refusal
        if self.need_id not in auction.listed:
            return NEED_NOT_LISTED_HERE.refuse(need=self.need_id)
        return [
            (self.need_id, NeedReleased(auction_id=self.auction_id)),
            (self.auction_id, AuctionNeedRemoved(need_id=self.need_id)),
        ]


def unless_listable(
    states: States, need_id: str, auction_id: str, actor: Actor
) -> Refusal | None:
    """Refuse to list a need that the auction may not take, or that is not to be had.

    - The auction's authority lists it.
    - The auction is being drafted: its needs are not frozen yet.
    - An auction has at most 190 needs.
    - The need is approved, and not withdrawn.
    - Its organisation is still verified, and not suspended.
    - No auction has it listed already.
    - Part of it is outstanding.
    - The auction's proxy set values its measure, in points too where bids are compared so.
    - It counts in the unit that the proxy set values.
    - What is outstanding is whole where the measure is indivisible.
    """
    need, auction = states.of(Need, need_id), states.of(Auction, auction_id)
    if refusal := unless_authority(actor, auction.authority_id):
        return refusal
    if refusal := unless_in(auction, "drafted"):
        return refusal
    if len(auction.listed) >= MOST_NEEDS:
        return TOO_MANY_NEEDS.refuse(needs=len(auction.listed))
    if need.phase != "approved":
        return WRONG_STATE.refuse(state=need.phase, expected="approved")
    community = states.of(Organisation, need.organisation_id)
    if refusal := unless_verified(community, "community"):
        return refusal
    if refusal := unless_free(need) or unless_outstanding(need):
        return refusal
    proxy = states.of(ProxySet, auction.proxy_set_id).proxies.get(need.measure)
    if proxy is None:
        return MEASURE_NOT_PRICED.refuse(measure=need.measure)
    if auction.terms.basis == "points" and proxy.points_per_unit is None:
        return MEASURE_WITHOUT_POINTS.refuse(need=need_id, measure=need.measure)
    if need.unit != proxy.unit:
        return UNIT_NOT_PRICED.refuse(stated=need.unit, valued=proxy.unit)
    return unless_whole(need.outstanding, divisible=proxy.divisible, need=need_id)


def _unless_needed(needed_by: date, now: datetime) -> Refusal | None:
    today = uk_date(now)
    if needed_by < today:
        return NEEDED_IN_THE_PAST.refuse(
            needed_by=needed_by.isoformat(), today=today.isoformat()
        )
    return None


def _read(states: States, need_id: str, auction_id: str) -> tuple[str, ...]:
    named = (need_id, auction_id)
    if auction_id not in states or need_id not in states:
        return named
    proxy_set_id = states.of(Auction, auction_id).proxy_set_id
    return (*named, states.of(Need, need_id).organisation_id, proxy_set_id)


def _added(states: States, need_id: str, auction_id: str) -> tuple[str, Event]:
    need = states.of(Need, need_id)
    added = AuctionNeedAdded(
        need_id=need_id, measure=need.measure, unit=need.unit, outstanding=need.outstanding
    )
    return auction_id, added


COMMANDS: tuple[type[Command], ...] = (ListNeed, RelistNeed, DelistNeed)
