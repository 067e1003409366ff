"""Whose act it is: the side, the role and the organisation that a person must act for.

Acting on behalf of another organisation gives no permission and takes away one's own, with
one exception: the operator may enter what a community organisation tells it, since a small
group has no staff for it.
"""

from typing import TYPE_CHECKING

from .actor import Actor, Role
from .rule import NOT_YOURS, ROLE_NOT_ALLOWED, Refusal, Rule

if TYPE_CHECKING:
    from .organisation import Organisation, Side

NOT_VERIFIED = Rule(
    "not-verified",
    "An organisation takes part once somebody independent has verified it, unless suspended.",
    "Have the organisation verified, or reinstated, first.",
)
WRONG_SIDE = Rule(
    "wrong-side",
    "An organisation takes part on the side that it registered for.",
    "Name an organisation of the side asked for.",
)


def unless_authority(actor: Actor, authority_id: str, *roles: Role) -> Refusal | None:
    """Refuse all but the authority whose thing it is, in one of the roles if any are named."""
    if not roles:
        return unless_acting(actor, authority_id, "authority")
    return _unless(actor, authority_id, allowed=actor.role in roles, said=", ".join(roles))


def unless_supplier(actor: Actor, supplier_id: str) -> Refusal | None:
    """Refuse all but the supplier itself."""
    return unless_acting(actor, supplier_id, "supplier")


def unless_community(actor: Actor, community_id: str) -> Refusal | None:
    """Refuse all but the community organisation itself, or the operator on its behalf."""
    if actor.role == "operator" and actor.on_behalf_of == community_id:
        return None
    return unless_acting(actor, community_id, "community")


def unless_acting(actor: Actor, organisation_id: str, *sides: "Side") -> Refusal | None:
    """Refuse all but people of this organisation, for it alone, on one of these sides.

    An observer acts in nothing: it only looks on.
    """
    allowed = actor.side in sides and actor.role != "authority.observer"
    return _unless(actor, organisation_id, allowed=allowed, said=", ".join(sides))


def _unless(actor: Actor, organisation_id: str, *, allowed: bool, said: str) -> Refusal | None:
    if not allowed:
        return ROLE_NOT_ALLOWED.refuse(allowed=said, role=actor.role)
    if actor.organisation != organisation_id or actor.on_behalf_of not in (
        None,
        organisation_id,
    ):
        return NOT_YOURS.refuse(organisation=organisation_id)
    return None


def unless_verified(organisation: "Organisation", side: str) -> Refusal | None:
    """Refuse an organisation of another side, one that nobody verified, or a suspended one."""
    if organisation.side != side:
        return WRONG_SIDE.refuse(expected=side, side=organisation.side)
    if not organisation.verified:
        return NOT_VERIFIED.refuse(state="registered", expected="verified")
    if organisation.suspended:
        return NOT_VERIFIED.refuse(state="suspended", expected="verified")
    return None
