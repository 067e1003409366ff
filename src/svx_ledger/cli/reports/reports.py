"""`report awards`: the register, and what was published of awards decided elsewhere."""

from typing import TYPE_CHECKING, Any

from svx_ledger.cli import showing
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svx_ledger.domain.observation.merging import Sums
    from svx_ledger.projections.elsewhere import AwardElsewhere
    from svx_ledger.projections.register import RegisteredAward


def awards(session: Session) -> None:
    """Show the award register: who won each lot, by whom approved, and what binds.

    Awards that were published and decided elsewhere stand behind them, marked as such.
    """
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.elsewhere import elsewhere, totals
    from svx_ledger.projections.register import register

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
