"""When a direct offer may be made, and when it may still be accepted."""

from datetime import date
from decimal import Decimal

from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.kind import States
from svx_ledger.domain.need import Need
from svx_ledger.domain.need.withdrawing import NEED_LISTED_ALREADY
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.participations import auctions_of
from svx_ledger.domain.pledge.independence import CONNECTED_TO_SUPPLIER
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule

LIVE_PROCUREMENT = Rule(
    "live-procurement",
    "Who competes for a contract of an authority makes no direct offer beside it.",
    "Put it into the bid, or wait until the contract is entered.",
)
MORE_THAN_OUTSTANDING = Rule(
    "more-than-outstanding",
    "A direct offer is of no more than nobody covers yet.",
    "Offer at most what is outstanding.",
)
DELIVERED_IN_THE_PAST = Rule(
    "delivered-in-the-past",
    "What is offered can still be delivered: its day is today or later.",
    "Make a new offer with a later day.",
)


NOT_ITS_APPROVER = Rule(
    "not-its-approver",
    "A direct offer names the authority that approved the need.",
    "Name the authority that the need's record says approved it.",
)


def unless_apart(states: States, supplier_id: str, authority_id: str) -> Refusal | None:
    """Refuse while an auction that the supplier is in may still lead to a contract."""
    for auction_id in auctions_of(states, supplier_id, authority_id):
        auction = states.of(Auction, auction_id)
        if not (auction.ended or auction.concluded):
            return LIVE_PROCUREMENT.refuse(
                auction=auction_id, procurement=auction.procurement_id
            )
    return None


def unless_in_time(deliver_by: date, today: date) -> Refusal | None:
    """Refuse what was to be delivered before today."""
    if deliver_by < today:
        return DELIVERED_IN_THE_PAST.refuse(
            deliver_by=deliver_by.isoformat(), today=today.isoformat()
        )
    return None


def unless_unconnected(supplier_id: str, supplier: Organisation, need: Need) -> Refusal | None:
    """Refuse a supplier that is connected to the need's organisation, declared by either."""
    if need.organisation_id in supplier.connections:
        return CONNECTED_TO_SUPPLIER.refuse(supplier=supplier_id)
    return None


def unless_open(need: Need, authority_id: str, quantity: Decimal) -> Refusal | None:
    """Refuse what the need is not open for.

    - The need is approved, by the authority that is named.
    - No auction reserves it.
    - No more is offered than is outstanding.
    """
    if need.phase != "approved":
        return WRONG_STATE.refuse(state=need.phase, expected="approved")
    if need.approver_organisation != authority_id:
        return NOT_ITS_APPROVER.refuse(authority=authority_id)
    if need.listed_in is not None:
        return NEED_LISTED_ALREADY.refuse(auction=need.listed_in)
    if quantity > need.outstanding:
        return MORE_THAN_OUTSTANDING.refuse(
            offered=quantity, outstanding=need.outstanding, unit=need.unit
        )
    return None
