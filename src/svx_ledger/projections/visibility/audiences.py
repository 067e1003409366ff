"""Who may see what is not everybody's yet.

An observer sees what the public sees, and so does whoever acts on behalf of somebody else.
"""

from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.two_sides import INDEPENDENT
from svx_ledger.domain.organisation.connecting import SIDES
from svx_ledger.domain.participations import supplier_of
from svx_ledger.domain.permission import unless_acting, unless_supplier

from .about import About
from .context import READER
from .moments import BEFORE_CLOSE

OVERSEERS: Final = ("operator", "auditor")
"""The roles that see who may act for any organisation."""


def nobody(about: About, viewer: Actor) -> bool:
    """Nobody before the public."""
    del about, viewer
    return False


def that_supplier(participations: str, viewer: Actor) -> bool:
    """The supplier whose participations are on the stream of this name."""
    return unless_supplier(viewer, supplier_of(participations)) is None


def itself(about: About, viewer: Actor) -> bool:
    """The supplier whose participations it is of."""
    return that_supplier(about.stream, viewer)


def the_bidder(about: About, viewer: Actor) -> bool:
    """The supplier that it is about."""
    return about.supplier is not None and unless_supplier(viewer, about.supplier) is None


def a_reader(about: About, viewer: Actor) -> bool:
    """An auditor who read the hidden amounts of this auction, on record, after its close."""
    auction = about.auction
    if auction is None or auction.phase in BEFORE_CLOSE or viewer.role != "auditor":
        return False
    organisation = viewer.organisation or ""
    return about.rows.get(READER, about.auction_id, viewer.id, organisation) is not None


def bidder_or_reader(about: About, viewer: Actor) -> bool:
    """The bidder, and an auditor who read the hidden amounts."""
    return the_bidder(about, viewer) or a_reader(about, viewer)


def authority_of_auction(about: About, viewer: Actor) -> bool:
    """The authority whose auction it is, but for its observers."""
    auction = about.auction
    return (
        auction is not None and unless_acting(viewer, auction.authority_id, "authority") is None
    )


def authority_or_supplier(about: About, viewer: Actor) -> bool:
    """The authority whose auction it is, and the supplier that it is about."""
    return authority_of_auction(about, viewer) or the_bidder(about, viewer)


def either_side(about: About, viewer: Actor) -> bool:
    """Those who may answer for two sides: the authority, and whoever is independent of it."""
    return authority_of_auction(about, viewer) or viewer.role in INDEPENDENT


def authority_or_auditor(about: About, viewer: Actor) -> bool:
    """The authority whose stream it is, but for its observers, and auditors."""
    own = about.owner is not None and unless_acting(viewer, about.owner, "authority") is None
    return own or viewer.role == "auditor"


def owning_supplier(about: About, viewer: Actor) -> bool:
    """The supplier whose stream it is."""
    return about.owner is not None and unless_supplier(viewer, about.owner) is None


def owner(about: About, viewer: Actor) -> bool:
    """The organisation whose stream it is, on whatever side, but for its observers."""
    return about.owner is not None and unless_acting(viewer, about.owner, *SIDES) is None


def owner_operator_or_auditor(about: About, viewer: Actor) -> bool:
    """The organisation whose stream it is, the operator, and auditors."""
    return owner(about, viewer) or viewer.role in OVERSEERS


def owner_or_auditor(about: About, viewer: Actor) -> bool:
    """The organisation whose stream it is, the operator acting for it, and auditors."""
    entered = viewer.role == "operator" and viewer.on_behalf_of == about.owner is not None
    return owner(about, viewer) or entered or viewer.role == "auditor"
