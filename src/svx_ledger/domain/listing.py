"""Listing: an approved need enters an auction that is being drafted, which reserves it.

Apart from the need's other acts because it is the one that writes to two streams.
"""

from dataclasses import dataclass
from datetime import datetime

from .actor import Actor
from .auction.events import MOST_NEEDS, AuctionNeedAdded
from .auction.state import Auction
from .bounds import unless_whole
from .form import AuctionId, NeedId, Reason
from .kind import Command, Decision, States
from .need import Need, NeedListed
from .permission import unless_authority
from .proxies import ProxySet
from .rule import WRONG_STATE, Refusal, Rule

NEED_LISTED_ALREADY = Rule(
    "need-listed-already",
    "A need is listed in at most one auction at a time.",
    "Wait until the auction that reserves it has ended.",
    "conflict",
)
NOTHING_OUTSTANDING = Rule(
    "nothing-outstanding",
    "A need is listed for what no pledge covers yet.",
    "List another need; this one is covered.",
)
MEASURE_NOT_PRICED = Rule(
    "measure-not-priced",
    "An auction lists needs in the measures that its proxy set values.",
    "Use an auction with another proxy set.",
)
TOO_MANY_NEEDS = Rule(
    "too-many-needs",
    "One auction has at most 250 needs.",
    "Serve the others in another auction.",
)
UNIT_NOT_PRICED = Rule(
    "unit-not-priced",
    "A need counts in the unit that the proxy set values.",
    "Propose the need anew in the unit of the proxy set.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNeed(Command):
    """Put a need up for bids, and say what it has to do with the contract."""

    need_id: NeedId
    auction_id: AuctionId
    relevance: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need, the auction, and the proxy set that the auction values by."""
        named = (self.need_id, self.auction_id)
        if self.auction_id not in states:
            return named
        return (*named, states.of(Auction, self.auction_id).proxy_set_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """List a need.

        - The auction's authority lists it.
        - The auction is being drafted: its needs are not frozen yet.
        - An auction has at most 250 needs.
        - The need is approved.
        - No auction has it listed already.
        - Part of it is outstanding.
        - The auction's proxy set values its measure.
        - It counts in the unit that the proxy set values.
        - What is outstanding is whole where the measure is indivisible.
        """
        del now
        need = states.of(Need, self.need_id)
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if auction.phase != "drafted":
            return WRONG_STATE.refuse(state=auction.phase, expected="drafted")
        if len(auction.listed) >= MOST_NEEDS:
            return TOO_MANY_NEEDS.refuse(needs=len(auction.listed))
        proxy_set = states.of(ProxySet, auction.proxy_set_id)
        if refusal := _unless_open(need) or self._unless_priced(need, proxy_set):
            return refusal
        listed = NeedListed(auction_id=self.auction_id, relevance=self.relevance)
        added = AuctionNeedAdded(
            need_id=self.need_id,
            measure=need.measure,
            unit=need.unit,
            outstanding=need.outstanding,
        )
        return [(self.need_id, listed), (self.auction_id, added)]

    def _unless_priced(self, need: Need, proxy_set: ProxySet) -> Refusal | None:
        proxy = proxy_set.proxies.get(need.measure)
        if proxy is None:
            return MEASURE_NOT_PRICED.refuse(measure=need.measure)
        if need.unit != proxy.unit:
            return UNIT_NOT_PRICED.refuse(stated=need.unit, valued=proxy.unit)
        return unless_whole(need.outstanding, divisible=proxy.divisible, need=self.need_id)


def _unless_open(need: Need) -> Refusal | None:
    if need.phase != "approved":
        return WRONG_STATE.refuse(state=need.phase, expected="approved")
    if need.listed_in is not None:
        return NEED_LISTED_ALREADY.refuse(auction=need.listed_in)
    if need.outstanding <= 0:
        return NOTHING_OUTSTANDING.refuse(outstanding=f"{need.outstanding:f}", unit=need.unit)
    return None


COMMANDS: tuple[type[Command], ...] = (ListNeed,)
