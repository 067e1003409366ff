"""Whatever precision decimals have around it, the exchange writes and tells the same."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import DefaultContext, localcontext
from pathlib import Path
from typing import Any

from svx_ledger import open_ledger, open_views
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import SimulatedClock
from svx_ledger.projections.leverage.listing import line_rows, part_rows, swing_rows
from svx_ledger.projections.leverage.vocabulary import Which

from .playing import audited


@contextmanager
def narrow(digits: int) -> Iterator[None]:
    """Three digits in this thread, and in each that begins."""
    usual = DefaultContext.prec
    try:
        DefaultContext.prec = digits
        with localcontext() as here:
            here.prec = digits
            yield
    finally:
        DefaultContext.prec = usual


def written(url: str) -> list[Any]:
    with closing(open_store(url)) as store:
        return list(store.rows())


def told(url: str) -> list[str]:
    """The figures of the leverage report, and what it has by part and under other choices."""
    with open_views(url) as views, views.view(timeout=None) as view:
        at = SimulatedClock(view.now)
    with open_ledger(url, clock=at) as exchange:
        report = exchange.leverage()
        of = Which("confirmed", "present", "D1")
        rows = (line_rows(report), part_rows(report.by("measure"), of), swing_rows(report, of))
        return [figure.text for figure in report.figures()] + list(map(repr, rows))


def test_the_precision_around_it_changes_neither_bytes_nor_figures_nor_findings(
    tmp_path: Path,
) -> None:
    usual, other = (f"sqlite:///{tmp_path / name}.db" for name in ("usual", "narrow"))
    fill(usual, STORY)
    figures = told(usual)
    with narrow(3):
        fill(other, STORY)
        assert told(other) == figures
        assert audited(other).clean
    assert written(other) == written(usual)
