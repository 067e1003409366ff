"""Whose act it is: the side, the role and the organisation that a person must act for.

Acting on behalf of an organisation gives no permission, with one exception: the operator
may enter what a community organisation tells it, since a small group has no staff for it.
"""

from .actor import Actor, Role
from .organisation import Organisation, Side
from .rule import NOT_YOURS, ROLE_NOT_ALLOWED, Refusal, Rule

NOT_VERIFIED = Rule(
    "not-verified",
    "An organisation takes part once somebody independent has verified it.",
    "Have the organisation verified first.",
)
WRONG_SIDE = Rule(
    "wrong-side",
    "An organisation takes part on the side that it registered for.",
    "Name an organisation of the side asked for.",
)


def unless_authority(actor: Actor, authority_id: str, *roles: Role) -> Refusal | None:
    """Refuse all but the authority whose thing it is, in one of the roles if any are named.

    An observer acts in none: it only looks on.
    """
    acting = actor.side == "authority" and actor.role != "authority.observer"
    allowed = actor.role in roles if roles else acting
    return _unless(actor, authority_id, allowed=allowed, said=", ".join(roles) or "authority")


def unless_supplier(actor: Actor, supplier_id: str) -> Refusal | None:
    """Refuse all but the supplier itself."""
    return _unless(actor, supplier_id, allowed=actor.side == "supplier", said="supplier")


def unless_community(actor: Actor, community_id: str) -> Refusal | None:
    """Refuse all but the community organisation itself, or the operator on its behalf."""
    if actor.role == "operator" and actor.on_behalf_of == community_id:
        return None
    return _unless(actor, community_id, allowed=actor.side == "community", said="community")


def _unless(actor: Actor, organisation_id: str, *, allowed: bool, said: str) -> Refusal | None:
    if not allowed:
        return ROLE_NOT_ALLOWED.refuse(allowed=said, role=actor.role)
    if actor.organisation != organisation_id:
        return NOT_YOURS.refuse(organisation=organisation_id)
    return None


def unless_verified(organisation: Organisation, side: Side) -> Refusal | None:
    """Refuse an organisation of another side, or one that nobody verified."""
    if organisation.side != side:
        return WRONG_SIDE.refuse(expected=side, side=organisation.side)
    if not organisation.verified:
        return NOT_VERIFIED.refuse(state="registered", expected="verified")
    return None
