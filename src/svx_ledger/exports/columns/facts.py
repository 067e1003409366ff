"""The facts of leverage: every movement of a line's value, with all that it is reported by.

What is said of a movement was settled before it: none of it changes later, so its row is
written once. Ids and codes only: a name can be corrected, an id cannot.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.leverage.delivery import PLEDGE
from svx_ledger.projections.leverage.dimensions import together
from svx_ledger.projections.leverage.facts import AUCTION, PRICED_NEED
from svx_ledger.projections.leverage.movements import movements
from svx_ledger.projections.leverage.vocabulary import Stage
from svx_ledger.projections.needs import NEED
from svx_ledger.projections.procurements import AREA, PROCUREMENT
from svx_ledger.projections.table import Rows, existing


class Fact(NamedTuple):
    """A movement, in one row. The sum of the rows up to a position is the state there.

    `recorded_on` is the UK date. `authority_force` joins the areas that the procurement acts
    for by "+", `confirmed_by` is the side that confirmed. Pence are of the frozen proxy:
    `gross` and `net` of what counts, `beyond` gross of the rest. `pledge_id` and `contract_id`
    are there from the contract on.
    """

    position: int
    recorded_at: datetime
    recorded_on: date
    stage: Stage
    authority_id: str
    authority_force: str
    procurement_id: str
    lot: str
    auction_id: str
    supplier_id: str
    need_id: str
    community_id: str
    police_force: str
    local_authority: str
    theme_scheme: str
    theme: str
    measure: str
    unit: str
    proxy_set_id: str
    contract_id: str | None
    pledge_id: str | None
    confirmed_by: str | None
    outside_period: bool
    quantity: Decimal
    gross_pence: int
    net_pence: int
    beyond_pence: int


ORDER = ("position", "auction_id", "supplier_id", "need_id", "pledge_id", "stage")
"""By which the rows of a file stand; no two are alike in all of them but for what they sum."""


def facts(rows: Rows, after: int, until: int) -> Iterator[Fact]:
    """Give the facts at positions after `after` up to `until`, line by line."""
    places = _Places(rows)
    on = lru_cache(uk_date)
    for moved in movements(rows):
        if not after < moved.position <= until:
            continue
        pledge_id = moved.pledge_id
        yield Fact(
            *(moved.position, moved.recorded_at, on(moved.recorded_at), moved.stage),
            *places.of_auction(moved.auction_id),
            *(moved.auction_id, moved.supplier_id, moved.need_id),
            *places.of_need(moved.need_id),
            *places.priced(moved.auction_id, moved.need_id),
            contract_id=places.contract(pledge_id) if pledge_id else None,
            pledge_id=pledge_id,
            confirmed_by=moved.by,
            outside_period=moved.outside_period,
            quantity=moved.quantity,
            gross_pence=moved.gross_pence,
            net_pence=moved.net_pence,
            beyond_pence=moved.beyond_pence,
        )


class _Places:
    """Where lines belong; each auction, need and pledge is looked up once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.of_auction = cache(self._of_auction)
        self.of_need = cache(self._of_need)
        self.priced = cache(self._priced)
        self.contract = lru_cache(self._contract)  # a pledge's facts come together

    def _of_auction(self, auction_id: str) -> tuple[str, str, str, str]:
        """Return authority, its areas, procurement and lot."""
        auction = existing(self._rows, AUCTION, auction_id)
        of = auction.procurement_id
        authority = existing(self._rows, PROCUREMENT, of).authority_id
        areas = together(row.area for row in self._rows.select(AREA, of))
        return authority, areas, of, auction.lot

    def _of_need(self, need_id: str) -> tuple[str, str, str, str, str]:
        """Return community organisation, police force, local authority and theme."""
        need = existing(self._rows, NEED, need_id)
        place = need.community_id, need.police_force, need.local_authority
        return *place, need.theme_scheme, need.theme

    def _priced(self, auction_id: str, need_id: str) -> tuple[str, str, str]:
        """Return the measure, its unit, and the proxy set that was frozen."""
        need = existing(self._rows, PRICED_NEED, auction_id, need_id)
        return (
            need.measure,
            need.unit,
            existing(self._rows, AUCTION, auction_id).proxy_set_id,
        )

    def _contract(self, pledge_id: str) -> str:
        return existing(self._rows, PLEDGE, pledge_id).contract_id
