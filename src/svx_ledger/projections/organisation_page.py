"""One organisation with all that is on record of it, as its viewer may see it."""

from dataclasses import dataclass
from typing import NamedTuple

from svx_ledger.domain.actor import Actor

from .auction_rows import AUCTION, PARTICIPANT
from .award_rows import AWARD, CONTRACT
from .corrections import CORRECTED, CorrectedRow
from .needs import NEED, PROJECT, ProjectRow
from .obligations import OBLIGATION, ObligationRow
from .organisations import (
    CONNECTION,
    IDENTIFIER,
    KEY,
    ORGANISATION,
    ConnectionRow,
    IdentifierRow,
    KeyRow,
    OrganisationRow,
)
from .persons import ACCESS, AccessRow
from .table import Rows
from .visibility import access_shown_to, participant_shown_to


class Attended(NamedTuple):
    """An auction in which the viewer may see that the organisation takes part."""

    auction_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage:
    """An organisation: who it says it is, and what it has to do with on the exchange.

    `awards` are the approved awards that it made, won or is to benefit from, by the
    authority, the supplier or the community organisation in them. `auctions` are its own as an
    authority; `attended` where it bids. `access` is who may act for it, for those who may know.
    """

    organisation: OrganisationRow
    identifiers: tuple[IdentifierRow, ...]
    connections: tuple[ConnectionRow, ...]
    keys: tuple[KeyRow, ...]
    corrections: tuple[CorrectedRow, ...]
    projects: tuple[ProjectRow, ...]
    needs: int
    auctions: tuple[str, ...]
    attended: tuple[Attended, ...]
    awards: tuple[str, ...]
    contracts: tuple[str, ...]
    pledges: tuple[ObligationRow, ...]
    access: tuple[AccessRow, ...]


def organisation_page(
    rows: Rows, organisation_id: str, viewer: Actor | None = None
) -> OrganisationPage | None:
    """Return an organisation as the viewer may see it; None where there is none."""
    organisation = rows.get(ORGANISATION, organisation_id)
    if organisation is None:
        return None
    pledges = _pledges(rows, organisation_id)
    by_award = {pledge.award_id for pledge in pledges}
    made = {
        award.award_id
        for column in ("authority_id", "supplier_id")
        for award in rows.where(AWARD, column, organisation_id)
        if award.supplier_id
    }
    awards = tuple(sorted(made | by_award))
    contracts = (rows.get(CONTRACT, award_id) for award_id in awards)
    return OrganisationPage(
        organisation=organisation,
        identifiers=tuple(rows.select(IDENTIFIER, organisation_id)),
        connections=tuple(rows.select(CONNECTION, organisation_id)),
        keys=tuple(rows.select(KEY, organisation_id)),
        corrections=tuple(rows.select(CORRECTED, organisation_id)),
        projects=tuple(rows.where(PROJECT, "community_id", organisation_id)),
        needs=len(list(rows.where(NEED, "community_id", organisation_id))),
        auctions=tuple(
            a.auction_id for a in rows.where(AUCTION, "authority_id", organisation_id)
        ),
        attended=_attended(rows, organisation_id, viewer),
        awards=awards,
        contracts=tuple(contract.contract_id for contract in contracts if contract),
        pledges=pledges,
        access=_access(rows, organisation_id, viewer),
    )


def _pledges(rows: Rows, organisation_id: str) -> tuple[ObligationRow, ...]:
    found = {
        row.pledge_id: row
        for column in ("authority_id", "supplier_id", "community_id")
        for row in rows.where(OBLIGATION, column, organisation_id)
    }
    return tuple(found[pledge_id] for pledge_id in sorted(found))


def _attended(rows: Rows, organisation_id: str, viewer: Actor | None) -> tuple[Attended, ...]:
    """Return the auctions that it takes part in, those alone of which the viewer may know."""
    return tuple(
        Attended(row.auction_id, row.status)
        for row in rows.where(PARTICIPANT, "supplier_id", organisation_id)
        if participant_shown_to(rows, row.auction_id, organisation_id, viewer)
    )


def _access(rows: Rows, organisation_id: str, viewer: Actor | None) -> tuple[AccessRow, ...]:
    granted = rows.where(ACCESS, "organisation_id", organisation_id)
    return tuple(row for row in granted if access_shown_to(rows, row.access_id, viewer))
