"""Leverage from a columnar copy: the same sums, where a ledger is large."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from svx_ledger.cli.session import Session, Usage

if TYPE_CHECKING:
    from svx_ledger.exports.columns.question import Chosen
    from svx_ledger.projections.leverage.framing import Frame
    from svx_ledger.projections.leverage.reporting import Summed
    from svx_ledger.projections.leverage.sums import Sums
    from svx_ledger.projections.leverage.vocabulary import Dimension
    from svx_ledger.projections.view import View


@contextmanager
def from_columns(session: Session, view: "View") -> Iterator["Summed"]:
    """Yield what sums over the copy beside the ledger, and over the tables after its end.

    Raises Usage where there is no copy of this ledger, or DuckDB is not installed.
    """
    from svx_ledger import open_views
    from svx_ledger.exports.columns.faults import CopyRefused, NotInstalled
    from svx_ledger.exports.columns.reading import opened
    from svx_ledger.exports.columns.source import columns_path, source_of
    from svx_ledger.exports.columns.tail import OpenPart, at_head

    url = session.settings.ledger
    folder = columns_path(url)
    if folder is None:
        raise Usage("--columns reads x.columns beside x.db: this ledger is not a file")
    try:
        with open_views(url) as views, opened(folder) as copy:
            part = OpenPart(source_of(url, views), view.rows)

            def summed(one: "Frame", by: "Dimension") -> "Sums":
                years = one.procurement_parts["year"] if by == "year" else None
                period = one.asked.scope.basis == "period"
                chosen = _chosen(one)
                until = one.ends.until
                return at_head(
                    copy, part, until, by, chosen=chosen, years=None if period else years
                )

            yield summed
    except (CopyRefused, NotInstalled) as fault:
        raise Usage(f"--columns: {fault}") from None


def _chosen(one: "Frame") -> "Chosen":
    from svx_ledger.exports.columns.question import Chosen

    scope = one.asked.scope
    if one.asked.restatement is not None:
        raise Usage("--columns: a copy holds values at the frozen proxies; leave it out")
    if scope.basis == "period":
        return Chosen(
            procurements=one.cohort.procurements,
            first_day=scope.first_day,
            last_day=scope.last_day,
        )
    return Chosen(procurements=one.cohort.procurements)
