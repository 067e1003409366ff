"""What an authority asks of its competitions: what closes, who takes part, standstills."""

from datetime import date, datetime
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.auction_search import phase_at
from svx_ledger.projections.award_rows import AWARD, PROCEEDINGS
from svx_ledger.projections.organisations import name_of
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.table import existing
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import bids_shown_to, participant_shown_to

from .asking import positions, steps
from .auction_marks import ATTENDANCE
from .closes import closes_of

ENDED = frozenset({"cancelled", "unsuccessful", "voided"})
NOT_ANNOUNCED = frozenset({"drafted", "rules-frozen"})


class Closing(NamedTuple):
    """An auction that closes on the day, or closed on it.

    `moved` where the close is not the one in its terms: everybody sees that. By which bid, and
    how often, is in `positions` only for those who may see bids.
    """

    auction_id: str
    procurement_id: str
    lot: str
    authority_id: str
    phase: str
    closes_at: datetime
    in_terms: datetime
    moved: bool
    positions: tuple[int, ...]


def closing(
    view: View, viewer: Actor | None = None, *, day: date | None = None
) -> tuple[Closing, ...]:
    """Return what closes on a UK date, by default today, as extended so far; earliest first.

    Auctions that are announced, and those that closed on that day already. A paused one stands
    at the close that it had: resuming moves it. Everybody may ask.
    """
    wanted = day or uk_date(view.now)
    found = []
    for row in view.rows.all(AUCTION):
        if row.phase in ENDED | NOT_ANNOUNCED or uk_date(row.closes_at) != wanted:
            continue
        closes = closes_of(view.rows, row)
        told = bids_shown_to(view.rows, row, viewer)
        answer = Closing(
            auction_id=row.auction_id,
            procurement_id=row.procurement_id,
            lot=row.lot,
            authority_id=row.authority_id,
            phase=phase_at(row.phase, row.opens_at, row.closes_at, view.now),
            closes_at=row.closes_at,
            in_terms=closes[0].closes_at,
            moved=row.closes_at != closes[0].closes_at,
            positions=positions(*(c.position for c in closes if told or c.cause != "extended")),
        )
        found.append(answer)
    return tuple(sorted(found, key=lambda row: (row.closes_at, row.auction_id)))


class Attending(NamedTuple):
    """A supplier in an auction: since when it is invited, accepted, qualified, excluded."""

    auction_id: str
    supplier_id: str
    supplier: str
    status: str
    invited_at: datetime | None
    accepted_at: datetime | None
    qualified_at: datetime | None
    excluded_at: datetime | None
    positions: tuple[int, ...]


def participants(
    view: View, viewer: Actor | None = None, *, auction: str | None = None
) -> tuple[Attending, ...]:
    """Return who was invited to auctions, who accepted and who was found qualified.

    Until an auction is ranked its authority sees them all and a supplier itself; from then on
    everybody does. Of one auction, if it is named.
    """
    kept = view.rows.select(ATTENDANCE, auction) if auction else view.rows.all(ATTENDANCE)
    came: dict[tuple[str, str], dict[str, tuple[datetime, int]]] = {}
    for row in kept:
        if participant_shown_to(view.rows, row.auction_id, row.supplier_id, viewer):
            at = came.setdefault((row.auction_id, row.supplier_id), {})
            at[row.status] = (row.recorded_at, row.position)
    return tuple(
        Attending(
            auction_id=of,
            supplier_id=supplier_id,
            supplier=name_of(view.rows, supplier_id),
            status=max(at, key=lambda status: at[status][1]),
            invited_at=_since(at, "invited"),
            accepted_at=_since(at, "accepted"),
            qualified_at=_since(at, "qualified"),
            excluded_at=_since(at, "excluded"),
            positions=positions(*(position for _, position in at.values())),
        )
        for (of, supplier_id), at in sorted(came.items())
    )


def _since(at: dict[str, tuple[datetime, int]], status: str) -> datetime | None:
    return at[status][0] if status in at else None


class Standing(NamedTuple):
    """An award that waits: `last_day` of its standstill, and whether a court suspends it.

    A contract may be entered from `contract_from` on, unless it is suspended (invariant 13).
    """

    award_id: str
    procurement_id: str
    title: str
    lot: str
    authority_id: str
    supplier_id: str | None
    kind: str | None
    last_day: date
    contract_from: date
    runs: bool
    suspended: bool
    positions: tuple[int, ...]


def standstills(view: View, viewer: Actor | None = None) -> tuple[Standing, ...]:
    """Return the awards that were announced and have no contract yet; the first to end first.

    `runs` says whether the UK date of now is still in the standstill. Award notices are public:
    everybody may ask.
    """
    del viewer
    today, found = uk_date(view.now), []
    for award in view.rows.all(AWARD):
        last_day = award.standstill_last_day
        if award.phase != "standstill" or last_day is None:
            continue
        suits = view.rows.select(PROCEEDINGS, award.award_id)
        begun = steps(view.rows, award.award_id, "standstill", "proceedings", "lifted")
        answer = Standing(
            award_id=award.award_id,
            procurement_id=award.procurement_id,
            title=existing(view.rows, PROCUREMENT, award.procurement_id).title,
            lot=award.lot,
            authority_id=award.authority_id,
            supplier_id=award.supplier_id,
            kind=award.standstill_kind,
            last_day=last_day,
            contract_from=date.fromordinal(last_day.toordinal() + 1),
            runs=today <= last_day,
            suspended=any(row.suspends and row.lifted_on is None for row in suits),
            positions=positions(award.approved_position, *(row.position for row in begun)),
        )
        found.append(answer)
    return tuple(sorted(found, key=lambda row: (row.last_day, row.award_id)))
