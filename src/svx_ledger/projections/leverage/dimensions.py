"""By what a report can be taken apart, and to which part a line belongs.

Authority, procurement and year have denominators of their own: their figures are ratios. What
comes by measure, theme, place, supplier or community organisation has none, so these are
contributions to the ratio of the whole, and sum to it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from svx_ledger.domain.uk_calendar import financial_year
from svx_ledger.projections.needs import NEED
from svx_ledger.projections.procurements import AREA, PROCUREMENT
from svx_ledger.projections.table import Rows

from .cut import Cut
from .facts import AUCTION, PRICED_NEED
from .lines import LineKey
from .pricing import NeedKey
from .scope import first_awards
from .vocabulary import NOT_AWARDED, Dimension

Part = str
CODES: Final = ":"
"""Between a theme's scheme and its code: no code has it."""
NO_AREA: Final = "none"
PartOf = Callable[[LineKey], Part]


def procurement_of(rows: Rows) -> dict[str, str]:
    """Return the procurement of each auction."""
    return dict(rows.columns(AUCTION, "auction_id", "procurement_id"))


def part_of(rows: Rows, cut: Cut, by: Dimension) -> PartOf:
    """Return the function that tells the part of a line, by its key.

    Who is not yet in force has the year `not awarded`; a procurement that acts for several
    force areas is in the part of all of them together, such as `E23000004+E23000005`.
    """
    match by:
        case "supplier":
            return _supplier
        case "measure":
            needs = rows.columns(PRICED_NEED, "auction_id", "need_id", "measure")
            measures = {(auction, need): measure for auction, need, measure in needs}
            return partial(_of_priced_need, measures)
        case "community":
            return _of_need(rows, "community_id")
        case "force":
            return _of_need(rows, "police_force")
        case "local-authority":
            return _of_need(rows, "local_authority")
        case "theme":
            return _of_need(rows, "theme_scheme", "theme")
        case _:
            return _of_procurement(rows, procurement_parts(rows, cut, by))


def procurement_parts(rows: Rows, cut: Cut, by: Dimension) -> dict[str, Part]:
    """Return the part of each procurement, by a dimension that is one of procurements."""
    owners = dict(rows.columns(PROCUREMENT, "procurement_id", "authority_id"))
    match by:
        case "authority":
            return owners
        case "authority-force":
            areas: dict[str, list[str]] = {}
            for procurement, area in rows.columns(AREA, "procurement_id", "area"):
                areas.setdefault(procurement, []).append(area)
            return {of: together(areas.get(of, ())) for of in owners}
        case "year":
            awarded = first_awards(rows, cut)
            return {
                of: financial_year(awarded[of]) if of in awarded else NOT_AWARDED
                for of in owners
            }
        case _:
            return {of: of for of in owners}


def together(areas: Iterable[str]) -> Part:
    """Return the part of a procurement that acts for these police force areas."""
    return "+".join(sorted(areas)) or NO_AREA


def _of_need(rows: Rows, *columns: str) -> PartOf:
    parts = {
        need: CODES.join(values) for need, *values in rows.columns(NEED, "need_id", *columns)
    }
    return partial(_by_need, parts)


def _of_procurement(rows: Rows, parts: dict[str, Part]) -> PartOf:
    return partial(_by_procurement, procurement_of(rows), parts)


# Functions with names, and what they look up: so a report that holds them can be pickled.


def _supplier(key: LineKey) -> Part:
    return key[1]


def _of_priced_need(parts: Mapping[NeedKey, Part], key: LineKey) -> Part:
    return parts[key[0], key[2]]


def _by_need(parts: Mapping[str, Part], key: LineKey) -> Part:
    return parts[key[2]]


def _by_procurement(
    procurements: Mapping[str, str], parts: Mapping[str, Part], key: LineKey
) -> Part:
    return parts[procurements[key[0]]]
