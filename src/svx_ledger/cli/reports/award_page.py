"""`report award`: one award with its notices, corrections, and how long it is kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import not_found
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session

from . import reports

if TYPE_CHECKING:
    from svx_ledger.projections.award_page import AwardPage


def award(
    session: Session,
    award: Annotated[str, typer.Argument(metavar="AWARD", help="E.g. award-8f3k2m7q.")],
) -> None:
    """Show one award: its notices, its standstill, what was corrected, how long it is kept."""
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.award_page import award_page

    viewer = viewer_of(session)
    with viewed(session) as view:
        page = award_page(view, award, viewer)
    if page is None:
        raise not_found(award=award)
    if session.json:
        showing.line(page)
    else:
        _show_award(page)


def _show_award(page: "AwardPage") -> None:
    reports.show_awards([page.award])
    say(f"standstill: {page.standstill}")
    if kept := page.retention:
        say(f"records kept from {kept.since} ({kept.counted_from}) to before {kept.over_on}")
    notices = [
        (n.dated, n.notice, n.reference, n.stream, "replaced" if n.replaced else "", n.position)
        for n in page.notices
    ]
    if notices:
        headings = ("dated", "notice", "reference", "of", "", "position")
        showing.table(headings, notices, "Notices")
    corrected = [
        (c.corrected_at, c.stream, c.field, c.old, c.new, c.reason) for c in page.corrections
    ]
    if corrected:
        headings = ("corrected", "record", "field", "old", "new", "reason")
        showing.table(headings, corrected, "Corrections")
