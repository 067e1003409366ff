"""All that a leverage report must carry when it is handed on, as one object."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.projections.indicators import IndicatorRow
from svx_ledger.projections.proxy_sets import ProxyRow
from svx_ledger.proofs.tree.compact_range import root_over

from .denominators import Denominator
from .exclusions import Remark
from .figures import Basis, Figure
from .lines import Line
from .listing import SwingRow, swing_rows
from .method import METHOD
from .report import LeverageReport
from .valuing import Discounting
from .vocabulary import HEADLINE, Per


class LogHead(NamedTuple):
    """The log that a report rests on: how many records it has, and their Merkle root in hex."""

    size: int
    root: str

    @classmethod
    def of(cls, rows: Iterable[Row], size: int) -> "LogHead":
        """Return the head of a log of this size; `rows` are its records, and no more."""
        return cls(size, root_over(leaf_of(row.record) for row in rows).hex())


@dataclass(frozen=True, kw_only=True)
class WholeReport:
    """A leverage report with its method, what it rests on, and everything in it.

    `figures` are every stage by every denominator, `sensitivity` is that of the headline.
    `indicators` stand beside it and are in no figure.
    """

    method: str
    headline: Figure
    head: LogHead
    basis: Basis
    denominators: Mapping[Per, Denominator]
    figures: tuple[Figure, ...]
    discounting: Discounting
    proxies: tuple[ProxyRow, ...]
    sensitivity: tuple[SwingRow, ...]
    lines: tuple[Line, ...]
    exclusions: tuple[Remark, ...]
    flags: tuple[Remark, ...]
    indicators: tuple[IndicatorRow, ...]


def whole(report: LeverageReport, head: LogHead) -> WholeReport:
    """Return all that a report carries."""
    return WholeReport(
        method=METHOD,
        headline=report.headline,
        head=head,
        basis=report.basis,
        denominators=report.denominators,
        figures=tuple(report.figures()),
        discounting=report.frame.asked.discounting,
        proxies=report.proxies,
        sensitivity=tuple(swing_rows(report, HEADLINE)),
        lines=report.lines,
        exclusions=report.exclusions,
        flags=report.flags,
        indicators=report.indicators,
    )
