"""Explaining a figure: from the number to what it is made of, line by line, to the events.

Nothing is new in an explanation: it takes a report apart in the order in which a reader would
check it with a pencil.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.leverage import rounded
from svx_ledger.projections.proxy_sets import ProxyRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.trail_rows import TrailRows

from .denominators import Denominator
from .figures import Figure
from .lines import Line
from .parts import LeverageBy
from .report import LeverageReport
from .sums import Part
from .vocabulary import Dimension, Which


class Behind(NamedTuple):
    """An event behind a figure: where it stands, and by which organisation's person."""

    position: int
    recorded_at: datetime
    stream: str
    version: int
    type: str
    role: str
    organisation_id: str | None


class Share(NamedTuple):
    """What one line adds to a figure: its quantity, what counts of it, and how it is valued.

    `value_pence` is gross, or net of what `k` takes off. Of a present value it is the net of
    the first year, which `factor` (to eight places) takes to all years; only the total is
    rounded. `figure` and `basis` are those of the explanation: a line may be handed on alone.
    """

    auction_id: str
    supplier_id: str
    need_id: str
    pledge_id: str | None
    measure: str
    unit: str
    quantity: Decimal
    counted: Decimal
    pounds_per_unit: Decimal
    gross_pence: int
    k: Decimal
    factor: Decimal
    value_pence: int
    positions: tuple[int, ...]
    figure: str
    basis: str


class NoSuchPart(LookupError):
    """A figure is asked for of a part that there is not."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A figure with what it is made of.

    `numerator_pence` is the sum over `lines`, divided by `denominator` where there is one.
    `proxies` are what its lines are valued by. `events` are all that is behind it.
    """

    which: str
    figure: Figure
    part: Part | None
    numerator_pence: int
    denominator: Denominator | None
    lines: tuple[Share, ...]
    proxies: tuple[ProxyRow, ...]
    discounting: str | None
    events: tuple[Behind, ...]


def explain(
    rows: Rows,
    report: LeverageReport,
    which: Which,
    of: tuple[Dimension, Part] | None = None,
) -> Explanation:
    """Take a figure of a report apart; of one part by a dimension, where that is asked for.

    `rows` are those that the report was made from. Raises NoSuchPart.
    """
    inside = list(report.lines)
    if of is None:
        figure, denominator = _whole(report, which)
        numerator_pence = report.pence(which.stage, which.weight)
    else:
        by, part = of
        apart = report.by(by)
        if part not in apart.parts:
            raise NoSuchPart(part)
        inside = [line for its, line in report.parted(by) if its == part]
        figure, denominator = _of_part(apart, which, part)
        numerator_pence = apart.pence(part, which.stage, which.weight)
    reached = [line for line in inside if which.stage in line.stages]
    used = {(line.price.proxy_set_id, line.price.measure) for line in reached}
    return Explanation(
        which=str(which),
        figure=figure,
        part=of[1] if of else None,
        numerator_pence=numerator_pence,
        denominator=denominator,
        lines=tuple(_share(report, line, which) for line in reached),
        proxies=tuple(row for row in report.proxies if row[:2] in used),
        discounting=report.basis.discounting if which.weight == "present" else None,
        events=tuple(_events(rows, figure.positions)),
    )


def _whole(report: LeverageReport, which: Which) -> tuple[Figure, Denominator | None]:
    return report.figure(which), report.denominators[which.per] if which.per else None


def _of_part(apart: LeverageBy, which: Which, part: Part) -> tuple[Figure, Denominator | None]:
    if which.per is None:
        return apart.total(part, which.stage, which.weight), None
    figure = apart.leverage(part, which.stage, which.weight, which.per)
    return figure, apart.divisor(part, which.per)


def _share(report: LeverageReport, line: Line, which: Which) -> Share:
    at, rests_on = line.stages[which.stage], report.basis
    discounted = f", {rests_on.discounting}" if which.weight == "present" else ""
    factor = report.frame.asked.discounting.factor(line.price)
    return Share(
        auction_id=line.auction_id,
        supplier_id=line.supplier_id,
        need_id=line.need_id,
        pledge_id=line.pledge.pledge_id if line.pledge else None,
        measure=line.measure,
        unit=line.price.unit,
        quantity=at.quantity,
        counted=at.counted,
        pounds_per_unit=line.price.pounds_per_unit,
        gross_pence=at.gross_pence,
        k=line.price.k,
        factor=rounded(factor, 8),
        value_pence=at.gross_pence if which.weight == "gross" else at.net_pence,
        positions=at.positions,
        figure=str(which),
        basis=f"{rests_on}{discounted}",
    )


def _events(rows: Rows, positions: Iterable[int]) -> Iterator[Behind]:
    trail = TrailRows(rows)
    for position in positions:
        row = trail.at(position)
        if row is not None:
            yield Behind(
                *(row.position, row.recorded_at, row.stream, row.version, row.type),
                *(row.role, row.organisation_id),
            )
