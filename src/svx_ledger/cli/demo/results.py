"""What the demo shows of leverage: contract by contract, and what was observed beside it."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from svx_ledger.cli import showing
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session

if TYPE_CHECKING:
    from svx_ledger.projections.leverage.figures import Figure
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.procurements import ProcurementRow
    from svx_ledger.projections.view import View

BY_CONTRACT = """\
Confirmed gross social value for each £1 that public bodies spent on the
exchange (D1), contract by contract. The last row is all of them together, also
those that came to nothing: what was spent on them stays in.
"""
BESIDE = """
Beside it, what the police count in the place of the projects. That it falls
while help arrives is an association, not a cause; it is in no other figure.
"""


def auctions(session: Session) -> None:
    """Show each auction in a line, as the public may see it."""
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.board import boards

    with viewed(session) as view:
        found = boards(view.rows, view.now, viewer_of(session))
    rows = [
        (b.auction_id, b.phase, f"{b.closes_at:%Y-%m-%d %H:%M:%S}Z", _count(b.bids, b.phase))
        for b in found
    ]
    showing.table(("auction", "phase", "closes", "bids"), rows)


def awards(session: Session) -> None:
    """Show each award in a line: who won what, how far it is, and what binds now."""
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.register import register

    with viewed(session) as view:
        found = register(view.rows, viewer_of(session))
    rows = []
    for one in found:
        pledged = one.contract.pledged_pence if one.contract else one.award.value_pence
        rows.append((one.title, one.supplier, one.state, showing.money(pledged)))
    showing.table(("contract for", "winner", "", "pledged"), rows)


def by_contract(session: Session) -> None:
    """Show what each procurement yielded for its spend, then all together."""
    from svx_ledger.cli.views import viewed
    from svx_ledger.projections.procurements import PROCUREMENT

    with viewed(session) as view:
        rows = [_row(view, one) for one in view.rows.all(PROCUREMENT)]
        whole = _report(view, None)
    if session.json:
        showing.line({"portfolio": whole.headline})
        return
    say(BY_CONTRACT)
    headings = ("contract for", "exchange spend", "confirmed", "per £1 of D1")
    showing.table(headings, [*rows, ("together", *_figures(whole))])
    say(f"\n{whole.headline.text}")


def beside(session: Session) -> None:
    """Show each indicator before and after."""
    from svx_ledger.cli.views import viewed
    from svx_ledger.projections.indicators import INDICATOR

    periods: defaultdict[tuple[str, str, str], list[Any]] = defaultdict(list)
    with viewed(session) as view:
        for row in sorted(view.rows.all(INDICATOR), key=lambda row: row.period_from):
            periods[row.indicator, row.area, row.unit].append(row)
    if session.json:
        for rows in periods.values():
            for row in rows:
                showing.line(row)
        return
    say(BESIDE)
    told = [
        (indicator, *(f"{row.value:,f}" for row in rows), rows[-1].period_to)
        for (indicator, _, _), rows in periods.items()
    ]
    headings = ("indicator, a quarter", "a year before", "then", "quarter to")
    showing.table(headings, told)


def _report(view: "View", procurement_id: str | None) -> "LeverageReport":
    from svx_ledger.projections.leverage.reporting import leverage_report
    from svx_ledger.projections.leverage.scope import Scope

    scope = Scope(procurement_id=procurement_id)
    return leverage_report(view.rows, as_at=view.now, known_at=view.position, scope=scope)


def _row(view: "View", one: "ProcurementRow") -> tuple[str, ...]:
    return (one.title, *_figures(_report(view, one.procurement_id)))


def _figures(report: "LeverageReport") -> tuple[str, ...]:
    spend = showing.money(report.denominators["D1"].pence)
    return spend, _amount(report.total("confirmed")), _amount(report.headline)


def _count(bids: int | None, phase: str) -> str:
    """Return how many bids there were: hidden of an auction that is under way."""
    if bids is not None:
        return str(bids)
    return "-" if phase == "cancelled" else "hidden"


def _amount(figure: "Figure") -> str:
    """Return a figure's number for a table that says what it is."""
    return "-" if figure.amount is None else f"£{figure.amount:,.2f}"
