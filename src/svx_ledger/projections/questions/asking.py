"""Who may ask, and what several questions ask together."""

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.permission import unless_supplier
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal
from svx_ledger.projections.auction_rows import AuctionRow
from svx_ledger.projections.organisations import ORGANISATION
from svx_ledger.projections.table import Rows
from svx_ledger.projections.visibility import bids_shown_to

from .contract_marks import STEP, StepRow


class BadQuestion(ValueError):
    """What was asked cannot be answered; the text says what can be."""


def of_side(viewer: Actor | None, side: str) -> str | Refusal:
    """Return the organisation that asks for itself; refuse everybody but people of that side.

    Nobody asks on behalf of another: who does sees what the public sees.
    """
    role = "public" if viewer is None else viewer.role
    if viewer is None or viewer.side != side or not viewer.organisation or viewer.on_behalf_of:
        return ROLE_NOT_ALLOWED.refuse(allowed=side, role=role)
    return viewer.organisation


def bid_shown(rows: Rows, auction: AuctionRow, supplier_id: str, viewer: Actor | None) -> bool:
    """Whether the viewer may see what this supplier bid: its own, or once all may be seen."""
    own = viewer is not None and unless_supplier(viewer, supplier_id) is None
    return own or bids_shown_to(rows, auction, viewer)


def name_or_none(rows: Rows, organisation_id: str | None) -> str | None:
    """Return an organisation's name, where there is one."""
    row = rows.get(ORGANISATION, organisation_id) if organisation_id else None
    return row.name if row else None


def steps(rows: Rows, stream: str, *names: str) -> list[StepRow]:
    """Return the steps of a thing, in order; of these names, if any are given."""
    return [row for row in rows.select(STEP, stream) if not names or row.step in names]


def positions(*of: int | None) -> tuple[int, ...]:
    """Return positions in order, each once."""
    return tuple(sorted({position for position in of if position is not None}))
