"""Reading what is hidden: an act on record, by an auditor, after the close."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AuctionId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, WRONG_STATE, Rule

from .breaks import HiddenAmountsRead
from .state import Auction
from .steps import unless_in

HIDDEN_BEFORE_CLOSE = Rule(
    "hidden-before-close",
    "Before the close nobody reads what bids are worth, for no purpose.",
    "Wait until the auction has closed.",
    "forbidden",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHiddenAmounts(Command):
    """Ask to see what the bids are worth, for a purpose that stays on record."""

    auction_id: AuctionId
    purpose: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Read hidden amounts.

        - An auditor reads them: no bidder, no buyer, and not the operator.
        - Nobody reads them before the close, nor while the auction is paused (invariant 12).
        - There is something to read: a cancelled auction never had a bid, and once the
          assessment is disclosed nothing is hidden.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if actor.role != "auditor":
            return ROLE_NOT_ALLOWED.refuse(allowed="auditor", role=actor.role)
        if auction.phase in {"drafted", "rules-frozen", "scheduled", "open", "paused"}:
            return HIDDEN_BEFORE_CLOSE.refuse(state=auction.phase)
        if refusal := unless_in(auction, "closed", "ranked", "voided", "unsuccessful"):
            return refusal
        if auction.disclosed:
            return WRONG_STATE.refuse(state="disclosed", expected="not disclosed")
        read = HiddenAmountsRead(
            purpose=self.purpose, read_by=actor.id, reading_organisation=actor.organisation
        )
        return [(self.auction_id, read)]


COMMANDS: tuple[type[Command], ...] = (ReadHiddenAmounts,)
