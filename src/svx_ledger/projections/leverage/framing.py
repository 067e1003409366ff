"""What every figure of a report shares: its cuts, its prices, and whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from svx_ledger.domain.uk_calendar import DAY, financial_year, uk_date
from svx_ledger.projections.organisations import ORGANISATION
from svx_ledger.projections.proxy_sets import PROXY_SET
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.trail import ENTRY

from .between import cuts_of
from .cut import Cut, cut_of
from .delivery import ContractRow
from .denominators import Denominator, contracts_of, denominators
from .dimensions import PartOf, part_of, procurement_parts
from .facts import AUCTION, RANKING
from .figures import Basis
from .lines import LineKey
from .pricing import NeedKey, Price, frozen_prices, revalued
from .scope import PORTFOLIO, Cohort, Scope, cohort_of
from .sums import Part
from .valuing import GREEN_BOOK, Discounting, Restatement
from .vocabulary import DIMENSIONS, Dimension, Per


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a report is asked for: what was true at `as_at`, as known at a log position."""

    as_at: datetime
    known_at: int
    scope: Scope = PORTFOLIO
    discounting: Discounting = GREEN_BOOK
    restatement: Restatement | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What was asked, resolved: facts count from after `begins` up to `ends`.

    Frames are equal where the facts in scope are; the prices and parts of everything, which
    they are looked up in, may have grown since.
    """

    asked: Asked
    begins: Cut
    ends: Cut
    frozen: Mapping[NeedKey, Price] = field(compare=False)
    valued: Mapping[NeedKey, Price] = field(compare=False)
    cohort: Cohort
    contracts: tuple[ContractRow, ...]
    auctions: Mapping[str, str]
    """The procurement of each auction that was set out by then and is in scope."""
    parts: Mapping[Dimension, PartOf] = field(compare=False, repr=False)
    procurement_parts: Mapping[Dimension, Mapping[str, Part]] = field(compare=False)
    ranked: frozenset[str] = field(compare=False)
    """The auctions in scope whose bids were ranked by then."""
    authorities: frozenset[str] = field(compare=False)
    """Who is an authority: what others put in on no procurement is nobody's part."""
    proxy_sets: tuple[str, ...]

    @cached_property
    def denominators(self) -> dict[Per, Denominator]:
        """D1 to D4 of the whole."""
        return denominators(self.cohort, self.contracts)

    @cached_property
    def basis(self) -> Basis:
        """What every figure says it rests on."""
        asked = self.asked
        return Basis(
            scope=str(asked.scope),
            as_at=asked.as_at,
            known_at=asked.known_at,
            proxy_sets=self.proxy_sets,
            discounting=str(asked.discounting),
            restated=self._restated,
        )

    @property
    def _restated(self) -> str | None:
        """Name the restatement, and what it leaves out."""
        asked = self.asked.restatement
        if asked is None:
            return None
        inside = [key for key in self.frozen if key[0] in self.ranked]
        missing = sum(key not in self.valued for key in inside)
        without = f", {missing} of {len(inside)} needs not valued" if missing else ""
        return f"{asked.name}{without}"

    def in_scope(self, key: LineKey) -> bool:
        """Whether a line is of a procurement in scope."""
        return key[0] in self.auctions


def frame(rows: Rows, asked: Asked, dimensions: Iterable[Dimension] = DIMENSIONS) -> Frame:
    """Resolve what is asked on the rows of a view, to be taken apart by these dimensions."""
    scope = asked.scope
    cut = cut_of(rows, as_at=asked.as_at, known_at=asked.known_at)
    begins, ends = cut._replace(until=0), cut
    if scope.basis == "period":
        begins, ends = cuts_of(rows, scope.first_day, scope.last_day, cut)
    prices = frozen_prices(rows)
    cohort = cohort_of(rows, scope, cut)  # spend has dates of its own
    columns = ("auction_id", "procurement_id", "position")
    auctions = {
        auction: procurement
        for auction, procurement, position in rows.columns(AUCTION, *columns)
        if position <= ends.until and procurement in cohort.procurements
    }
    in_order = {row.auction_id for row in rows.all(RANKING) if row.position <= ends.until}
    ranked = frozenset(auctions.keys() & in_order)
    return Frame(
        asked=asked,
        begins=begins,
        ends=ends,
        frozen=prices,
        valued=revalued(prices, asked.restatement.by) if asked.restatement else prices,
        cohort=cohort,
        contracts=tuple(contracts_of(rows, scope, cohort, ends)),
        auctions=auctions,
        parts={by: part_of(rows, ends, by) for by in dimensions},
        procurement_parts={
            by: procurement_parts(rows, ends, by) for by in ("authority", "procurement", "year")
        },
        ranked=ranked,
        authorities=frozenset(
            of
            for of, side in rows.columns(ORGANISATION, "organisation_id", "side")
            if side == "authority"
        ),
        proxy_sets=_proxy_sets(rows, ranked),
    )


def years(rows: Rows, one: Frame) -> list[tuple[str, date, date]]:
    """Return the financial years of a time, with the days of each that lie in it.

    After the last event that counts there are none, however late the time ends.
    """
    scope = one.asked.scope
    known = rows.get(ENTRY, one.ends.until)
    if known is None:
        return []
    first = max(scope.first_day or date.min, _first_day(rows, one))
    last = min(scope.last_day or date.max, uk_date(known.recorded_at))
    found = []
    while first <= last:
        begins = first.year if (first.month, first.day) >= (4, 1) else first.year - 1
        end = min(last, date(begins + 1, 3, 31))
        found.append((financial_year(first), first, end))
        first = end + DAY
    return found


def _first_day(rows: Rows, one: Frame) -> date:
    ranked = (row.ranked_at for row in rows.all(RANKING) if row.position <= one.ends.until)
    spent = (row.period_to for row in one.cohort.spend)
    return min((*map(uk_date, ranked), *spent), default=date.max)


def _proxy_sets(rows: Rows, ranked: frozenset[str]) -> tuple[str, ...]:
    sets = rows.columns(AUCTION, "auction_id", "proxy_set_id")
    used = {one for auction, one in sets if auction in ranked}
    return tuple(f"{existing(rows, PROXY_SET, one).name} ({one})" for one in sorted(used))
