"""Acts that take two organisations: the auction's authority, and one that is independent.

Neither alone may decide when bidding goes on after a pause, or that an auction is void: the
authority buys, and the operator, an auditor or an evaluator have no part in the purchase.
"""

from typing import Final

from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, SAME_PERSON, Refusal, Rule

from .breaks import ResumeRequested, VoidRequested
from .state import Auction

INDEPENDENT: Final[tuple[Role, ...]] = ("operator", "auditor", "evaluator")

SAME_ORGANISATION = Rule(
    "same-organisation",
    "This act takes the auction's authority and an independent organisation, for itself each.",
    "Ask the other side: the authority, or else an operator, auditor or evaluator.",
    "forbidden",
)


def unless_a_side(actor: Actor, auction: Auction) -> Refusal | None:
    """Refuse all but the auction's authority and an independent organisation.

    - An authority is the auction's own.
    - Anybody else is an operator, an auditor or an evaluator.
    - Who is independent acts for an organisation of its own, and not for the authority.
    """
    if actor.side == "authority":
        return unless_authority(actor, auction.authority_id)
    if actor.role not in INDEPENDENT:
        allowed = ", ".join(("authority", *INDEPENDENT))
        return ROLE_NOT_ALLOWED.refuse(allowed=allowed, role=actor.role)
    own = actor.organisation
    if own in (None, auction.authority_id) or actor.on_behalf_of not in (None, own):
        return SAME_ORGANISATION.refuse(organisation=own or "none")
    return None


def unless_other_side(
    actor: Actor, auction: Auction, request: ResumeRequested | VoidRequested
) -> Refusal | None:
    """Refuse who requested it, and anybody else on the side of the one who did."""
    if actor.id == request.requested_by:
        return SAME_PERSON.refuse(person=actor.id)
    sides = {
        organisation == auction.authority_id
        for organisation in (actor.organisation, request.requesting_organisation)
    }
    if len(sides) == 1:
        return SAME_ORGANISATION.refuse(organisation=request.requesting_organisation)
    return None


def organisation_of(actor: Actor) -> str:
    """Return the organisation that somebody on a side acts for."""
    assert actor.organisation is not None
    return actor.organisation
