"""The end of a procurement: completed, or terminated by its authority.

Apart from the procurement's other acts because it looks at the auctions of its lots: none of
them is left running.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.auction.events import lot_key
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.procurement.events import Auctions, LotCodes

from .actor import Actor
from .form import Code, ProcurementId, Reason
from .kind import Command, Decision, States
from .permission import unless_authority
from .procurement import Procurement, ProcurementCompleted, ProcurementTerminated
from .rule import WRONG_STATE, Refusal, Rule
from .uk_calendar import uk_date

LOTS_UNNAMED = Rule(
    "lots-unnamed",
    "Who ends a procurement names each of its lots once.",
    "Name the lots that were registered, all of them and no other.",
)
AUCTIONS_UNNAMED = Rule(
    "auctions-unnamed",
    "Who ends a procurement names each auction that holds one of its lots.",
    "Name those auctions, all of them and no other.",
    "conflict",
)
AUCTION_RUNS = Rule(
    "auction-runs",
    "A procurement ends when no auction of it is under way.",
    "Enter the contract, or end the auction or its award.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteProcurement(Command):
    """State that a procurement is over: what it was to lead to, it has led to.

    Its `lots` are all named, with the `auctions` that hold one of them.
    """

    procurement_id: ProcurementId
    lots: LotCodes
    auctions: Auctions

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement, and the auctions that hold its lots."""
        del states
        return (self.procurement_id, *self.auctions)

    def claims(self) -> tuple[str, ...]:
        """Return the lots, each of which an auction may hold."""
        return tuple(lot_key(self.procurement_id, lot) for lot in self.lots)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Complete a procurement.

        - Its authority completes it.
        - Its tender notice is published, and it has not ended.
        - Each of its lots is named once.
        - Each auction that holds one of them is named once.
        - All of these led to a contract: no auction is under way.
        """
        if refusal := _unless_over(self, states, actor):
            return refusal
        completed = ProcurementCompleted(
            lots=self.lots,
            auctions=self.auctions,
            completed_by=actor.id,
            completed_on=uk_date(now),
        )
        return [(self.procurement_id, completed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateProcurement(Command):
    """End a procurement without the contract it was for, or one of them.

    `reference` is that of the procurement termination notice (UK12). Its `lots` are all named,
    with the `auctions` that hold one of them.
    """

    procurement_id: ProcurementId
    reason: Reason
    reference: Code
    lots: LotCodes
    auctions: Auctions

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement, and the auctions that hold its lots."""
        del states
        return (self.procurement_id, *self.auctions)

    def claims(self) -> tuple[str, ...]:
        """Return the lots, each of which an auction may hold."""
        return tuple(lot_key(self.procurement_id, lot) for lot in self.lots)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Terminate a procurement (Procurement Act 2023, section 55).

        - Its authority terminates it.
        - Its tender notice is published, and it has not ended.
        - Each of its lots is named once.
        - Each auction that holds one of them is named once.
        - All of these led to a contract: no auction is under way.
        """
        if refusal := _unless_over(self, states, actor):
            return refusal
        terminated = ProcurementTerminated(
            reason=self.reason,
            reference=self.reference,
            lots=self.lots,
            auctions=self.auctions,
            terminated_by=actor.id,
            terminated_on=uk_date(now),
        )
        return [(self.procurement_id, terminated)]


def _unless_over(
    command: CompleteProcurement | TerminateProcurement, states: States, actor: Actor
) -> Refusal | None:
    procurement_id = command.procurement_id
    procurement = states.of(Procurement, procurement_id)
    if refusal := unless_authority(actor, procurement.authority_id):
        return refusal
    if procurement.phase != "published":
        return WRONG_STATE.refuse(state=procurement.phase, expected="published")
    if sorted(command.lots) != sorted(procurement.lots):
        return LOTS_UNNAMED.refuse(lots=len(procurement.lots), named=len(command.lots))
    held = [states.holder(lot_key(procurement_id, lot)) for lot in command.lots]
    holders = sorted(auction for auction in held if auction is not None)
    if sorted(command.auctions) != holders:
        return AUCTIONS_UNNAMED.refuse(auctions=len(holders), named=len(command.auctions))
    for auction_id in holders:
        auction = states.of(Auction, auction_id)
        if not auction.concluded:
            return AUCTION_RUNS.refuse(auction=auction_id, lot=auction.lot)
    return None


COMMANDS: tuple[type[Command], ...] = (CompleteProcurement, TerminateProcurement)
