"""From what was offered to what was confirmed, and what fell away on the way."""

from collections.abc import Iterator
from itertools import pairwise

from .amounts import change, in_pounds, shown
from .data import NothingToDraw, StageAmounts, Waterfall
from .frame import Bar, Column, Frame, Row
from .scale import from_zero


def laid_out(chart: Waterfall) -> Frame:
    """Draw a bar for each stage, net within gross, and between two what lies between them."""
    if not chart.stages:
        raise NothingToDraw(chart.reason or "no stage is recorded")
    amounts = (pence for s in chart.stages for pence in (s.gross_pence, s.net_pence))
    return Frame(
        heading=chart.heading,
        unit="£",
        rows_are="stage",
        columns=(Column("gross", "gross"), Column("net", "net")),
        rows=(_stage(chart.stages[0]), *_rest(chart.stages)),
        extent=from_zero(map(in_pounds, amounts)),
    )


def _rest(stages: tuple[StageAmounts, ...]) -> Iterator[Row]:
    for before, after in pairwise(stages):
        yield _between(before, after)
        yield _stage(after)


def _stage(stage: StageAmounts) -> Row:
    gross, net = in_pounds(stage.gross_pence), in_pounds(stage.net_pence)
    zero = in_pounds(0)
    return Row(
        label=f"{stage.stage[:1].upper()}{stage.stage[1:]}",
        bars=(Bar("gross", zero, gross), Bar("net", zero, net)),
        cells=(shown(gross, "£"), shown(net, "£")),
    )


def _between(before: StageAmounts, after: StageAmounts) -> Row:
    was, now = in_pounds(before.gross_pence), in_pounds(after.gross_pence)
    net = in_pounds(before.net_pence), in_pounds(after.net_pence)
    return Row(
        label=f"{before.stage} to {after.stage}",
        bars=(Bar("change", now, was),),
        cells=(change(was, now), change(*net)),
    )
