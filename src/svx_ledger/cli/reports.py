"""`report awards` and `report leverage`: figures from the whole ledger, each with its name."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from . import showing
from .failing import not_found
from .listing import Csv, listed
from .output import say
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svx_ledger.domain.observation.merging import Sums
    from svx_ledger.projections.elsewhere import AwardElsewhere
    from svx_ledger.projections.leverage.figures import Figure
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.register import RegisteredAward

Stage = Literal["offered", "pledged", "awarded", "claimed", "confirmed"]
Basis = Literal["gross", "net"]
Per = Literal["D1", "D2", "D3"]
FIGURE = ("amount", "unit", "name", "reason", "positions")
"""The columns of a figure in CSV: a number never leaves without its name."""


def awards(session: Session) -> None:
    """Show the award register: who won each lot, by whom approved, and what binds.

    Awards that were published and decided elsewhere stand behind them, marked as such.
    """
    from svx_ledger.projections.elsewhere import elsewhere, totals
    from svx_ledger.projections.register import register

    from .views import viewed, viewer_of

    viewer = viewer_of(session)
    with viewed(session) as view:
        found, published = register(view.rows, viewer), elsewhere(view.rows)
        sums = totals(view.rows)
    if session.json:
        for award in (*found, *published):
            showing.line(award)
        return
    show_awards(found)
    if published:
        show_elsewhere(published)
        say(published_sums(sums))


def show_awards(found: "Sequence[RegisteredAward]") -> None:
    """Show awards of the exchange, a line each."""
    headings = ("award", "procurement", "lot", "authority", "supplier", "phase")
    showing.table(
        (*headings, "pledged", "standstill to", "contract"), [_row(award) for award in found]
    )


def show_elsewhere(published: "Sequence[AwardElsewhere]") -> None:
    """Show awards that were decided elsewhere, marked as such."""
    rows = [
        (
            *(award.award_id, award.title or award.procurement, award.buyer),
            ", ".join(s.name or f"{s.scheme} {s.id}" for s in award.suppliers),
            *(award.amount, award.currency, award.status, award.dated),
            *(award.statements, award.ocid),
        )
        for award in published
    ]
    say("Decided elsewhere, as published: no awards of this exchange, checked by nobody")
    headings = ("award", "title", "buyer", "suppliers", "value", "", "status", "dated")
    showing.table((*headings, "statements", "ocid"), rows)


def published_sums(sums: "Sums") -> str:
    """Say what published awards come to, both ways."""
    stated, merged = showing.money(sums.statements_pence), showing.money(sums.merged_pence)
    said = f"{sums.statements} statements summing to {stated}; merged, {sums.merged} awards"
    return (
        f"{said} summing to {merged}. Not in a sum: {sums.other} in other currencies or parts "
        f"of a penny, {sums.without} without a value."
    )


def _row(one: "RegisteredAward") -> tuple[Any, ...]:
    award, contract = one.award, one.contract
    pledged = contract.pledged_pence if contract else award.value_pence
    return (
        award.award_id,
        one.title,
        award.lot,
        one.authority,
        one.supplier,
        one.state,
        showing.money(pledged),
        award.standstill_last_day,
        contract.contract_id if contract else None,
    )


def leverage(
    session: Session,
    *,
    stage: Annotated[
        Stage | None, typer.Option("--stage", help="This stage only.", show_default=False)
    ] = None,
    basis: Annotated[
        Basis | None,
        typer.Option("--basis", help="Before or after deadweight, displacement, attribution."),
    ] = None,
    denominator: Annotated[
        Per | None,
        typer.Option(
            "--denominator",
            help="Exchange spend; D2 with administration cost; D3 contract value.",
        ),
    ] = None,
    procurement: Annotated[
        str | None,
        typer.Option("--procurement", metavar="PROCUREMENT", help="Of this procurement only."),
    ] = None,
    csv: Csv = False,
) -> None:
    """Show how much reached local projects for each pound spent on the exchange.

    Without a choice: every stage, gross and net, and the confirmed gross figure last.
    """
    from svx_ledger.projections.leverage.report import leverage_report
    from svx_ledger.projections.leverage.scope import Scope
    from svx_ledger.projections.procurements import PROCUREMENT

    from .views import viewed

    with viewed(session) as view:
        if procurement is not None and view.rows.get(PROCUREMENT, procurement) is None:
            raise not_found(procurement=procurement)
        report = leverage_report(
            view.rows,
            as_at=view.now,
            known_at=view.position,
            scope=Scope(procurement_id=procurement),
        )
    if stage or basis or denominator:
        figure = report.leverage(stage or "confirmed", basis or "gross", denominator or "D1")
        if not listed(session, FIGURE, [figure], csv=csv):
            say(figure.text)
    elif csv:
        listed(session, FIGURE, report.figures(), csv=csv)
    elif session.json:
        showing.line(_plain(report))
    else:
        _show(report)


def _plain(report: "LeverageReport") -> dict[str, Any]:
    return {
        "headline": report.headline,
        "basis": report.basis,
        "denominators": report.denominators,
        "figures": list(report.figures()),
        "lines": report.lines,
        "exclusions": report.exclusions,
        "flags": report.flags,
    }


def _show(report: "LeverageReport") -> None:
    from svx_ledger.projections.leverage.figures import STAGES, WEIGHTS

    say(f"Social value: {report.basis}")
    for per, denominator in report.denominators.items():
        say(f"  {per}: {denominator.name}, {showing.money(denominator.pence)}")
    rows = [
        (stage, weight, *map(_amount, _figures(report, stage, weight)))
        for stage in STAGES
        for weight in WEIGHTS
    ]
    headings = ("stage", "basis", "social value", "per £1 of D1", "per £1 of D2", "% of D3")
    showing.table(headings, rows)
    for figure in (report.conversion, report.delivery_rate, report.claimed_not_confirmed):
        say(figure.text)
    for remark in (*report.exclusions, *report.flags):
        worth = f", {showing.money(remark.value_pence)}" if remark.value_pence else ""
        say(f"Note: {remark.subject}: {remark.says}{worth}")
    say(report.headline.text)


def _figures(report: "LeverageReport", stage: Stage, weight: Basis) -> list["Figure"]:
    ratios = [report.leverage(stage, weight, per) for per in report.denominators]
    return [report.total(stage, weight), *ratios]


def _amount(figure: "Figure") -> str:
    """Return a figure's number for a table, whose heading and title hold its name."""
    if figure.amount is None:
        return "-"
    number = f"{figure.amount:,.2f}"
    return number if figure.unit == "%" else f"£{number}"
