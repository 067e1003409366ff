"""Which viewers are shown the same of an auction, so that it is looked up for one of them."""

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.permission import unless_supplier
from svx_ledger.projections.auction_rows import PARTICIPANT, AuctionRow
from svx_ledger.projections.table import Rows

from .about import About
from .audiences import a_reader, authority_of_auction

Audience = tuple[str, ...]
PUBLIC_AUDIENCE: Audience = ("public",)


def audience_of(rows: Rows, auction: AuctionRow, viewer: Actor | None) -> Audience:
    """Return the audience that a viewer of an auction's board is in now.

    All of one audience are shown the same board. Who has nothing to do with an auction is
    shown what the public is: only the authority whose it is, who takes part in it, and an
    auditor who read its hidden amounts may be shown more.
    """
    if viewer is None:
        return PUBLIC_AUDIENCE
    about = About(rows, auction.auction_id)
    if a_reader(about, viewer):
        return ("reader", viewer.id, viewer.organisation or "")
    if authority_of_auction(about, viewer):
        return ("authority",)
    supplier = viewer.organisation
    if supplier is None or unless_supplier(viewer, supplier) is not None:
        return PUBLIC_AUDIENCE
    takes_part = rows.get(PARTICIPANT, auction.auction_id, supplier) is not None
    return ("supplier", supplier) if takes_part else PUBLIC_AUDIENCE
