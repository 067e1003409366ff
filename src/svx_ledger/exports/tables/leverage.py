"""The tables of a leverage report: its lines, its figures, and what they rest on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain, product, repeat

from svx_ledger.projections.leverage.lines import Line
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.sensitivity import SWING, sensitivity
from svx_ledger.projections.leverage.vocabulary import (
    DIMENSIONS,
    EVERY_STAGE,
    HEADLINE,
    WEIGHTS,
    Dimension,
    Which,
    which,
)

from .columns import Columns, R, columns_of
from .rows import (
    DenominatorRow,
    FigureRow,
    LineRow,
    PartRow,
    ProxyRow,
    RemarkRow,
    SpendRow,
    SwingRow,
)


@dataclass(frozen=True, kw_only=True)
class LeverageTables:
    """The tables of one report; each is made when it is first asked for."""

    report: LeverageReport

    @cached_property
    def lines(self) -> Columns:
        """Each line at each stage: what every figure is the sum of."""
        return self._table("lines", LineRow, _lines(self.report))

    @cached_property
    def figures(self) -> Columns:
        """Every figure of the whole, with its full name."""
        return self._table("figures", FigureRow, _figures(self.report))

    @cached_property
    def denominators(self) -> Columns:
        """D1 to D4."""
        rows = (
            DenominatorRow(one.per, one.name, one.pence, one.positions)
            for one in self.report.denominators.values()
        )
        return self._table("denominators", DenominatorRow, rows)

    @cached_property
    def spend(self) -> Columns:
        """Each record of spend in scope, as corrected: what the denominators are sums of."""
        behind = self.report.frame.cohort.behind
        rows = (SpendRow(*row[:-1], behind([row])) for row in self.report.spend)
        return self._table("spend", SpendRow, rows)

    @cached_property
    def proxies(self) -> Columns:
        """Each proxy that lines are valued by, once."""
        rows = sorted({_proxy(line) for line in self.report.lines})
        return self._table("proxies", ProxyRow, rows)

    @cached_property
    def remarks(self) -> Columns:
        """What is not in the figures, and what should be looked at."""
        rows = (
            RemarkRow(kind, one.subject, one.says, one.value_pence, one.positions)
            for kind, of in (("exclusion", self.report.exclusions), ("flag", self.report.flags))
            for one in of
        )
        return self._table("remarks", RemarkRow, rows)

    def by(self, dimension: Dimension) -> Columns:
        """Every figure of each part: authority, force, measure, theme, year.

        Raises ValueError for no dimension.
        """
        if dimension not in DIMENSIONS:
            raise ValueError(
                f"{dimension!r} is no dimension: say one of {', '.join(DIMENSIONS)}"
            )
        return self._table(f"by {dimension}", PartRow, _parts(self.report, dimension))

    def sensitivity(self, of: str = str(HEADLINE), swing: Decimal = SWING) -> Columns:
        """How far a figure moves when one thing is another, the widest swing first.

        Raises ValueError for no figure, and for a swing that is not between 0 and 1.
        """
        figure = which(of)
        if figure is None:
            raise ValueError(f"{of!r} is no figure: say it as {HEADLINE}")
        rows = (
            SwingRow(
                *(of, one.what, one.low.unit, one.low.amount, one.high.amount),
                *(one.width, one.low.name, one.high.name),
            )
            for one in sensitivity(self.report, figure, swing)
        )
        return self._table(f"sensitivity of {of}", SwingRow, rows)

    def _table(self, name: str, row: type[R], rows: Iterable[R]) -> Columns:
        return columns_of(name, str(self.report.basis), row, rows)


def tables_of(report: LeverageReport) -> LeverageTables:
    """Return the tables of a report."""
    return LeverageTables(report=report)


def _lines(report: LeverageReport) -> Iterator[LineRow]:
    of = report.frame.parts
    for year, line in report.parted("year"):
        pledge, price, key = line.pledge, line.price, line.key
        for stage, at in line.stages.items():
            yield LineRow(
                stage=stage,
                financial_year=year,
                authority_id=of["authority"](key),
                authority_force=of["authority-force"](key),
                procurement_id=line.procurement_id,
                lot=line.lot,
                auction_id=line.auction_id,
                supplier_id=line.supplier_id,
                need_id=line.need_id,
                community_id=of["community"](key),
                police_force=of["force"](key),
                local_authority=of["local-authority"](key),
                theme=of["theme"](key),
                measure=price.measure,
                unit=price.unit,
                proxy_set_id=price.proxy_set_id,
                contract_id=pledge.contract_id if pledge else None,
                pledge_id=pledge.pledge_id if pledge else None,
                due_by=pledge.due_by if pledge else None,
                quantity=at.quantity,
                counted=at.counted,
                pounds_per_unit=price.pounds_per_unit,
                k=price.k,
                gross_pence=at.gross_pence,
                net_pence=at.net_pence,
                beyond_pence=at.beyond_pence,
                positions=at.positions,
            )


def _figures(report: LeverageReport) -> Iterator[FigureRow]:
    beside: Iterator[None] = repeat(None)  # rates, and what else comes after the stages
    for of, figure in zip(chain(_each(report), beside), report.figures(), strict=False):
        yield FigureRow(
            figure=str(of) if of else None,
            stage=of.stage if of else None,
            weight=of.weight if of else None,
            per=of.per if of else None,
            amount=figure.amount,
            unit=figure.unit,
            name=figure.name,
            reason=figure.reason,
            positions=figure.positions,
        )


def _parts(report: LeverageReport, by: Dimension) -> Iterator[PartRow]:
    apart = report.by(by)
    each = product(apart.parts, _each(report))
    for (part, of), figure in zip(each, apart.figures(), strict=True):
        yield PartRow(
            dimension=by,
            part=part,
            figure=str(of),
            stage=of.stage,
            weight=of.weight,
            per=of.per,
            amount=figure.amount,
            unit=figure.unit,
            name=figure.name,
            reason=figure.reason,
            positions=figure.positions,
        )


def _each(report: LeverageReport) -> Iterator[Which]:
    """Give each stage by each weight, in pounds and by each denominator, as reports do."""
    for stage in EVERY_STAGE:
        for weight in WEIGHTS:
            for per in (None, *report.denominators):
                yield Which(stage, weight, per)


def _proxy(line: Line) -> ProxyRow:
    price = line.price
    return ProxyRow(
        proxy_set_id=price.proxy_set_id,
        measure=price.measure,
        unit=price.unit,
        pounds_per_unit=price.pounds_per_unit,
        deadweight=price.shares.deadweight,
        displacement=price.shares.displacement,
        attribution=price.shares.attribution,
        k=price.k,
        drop_off=price.drop_off,
        years=price.years,
        price_year=price.price_year,
    )
