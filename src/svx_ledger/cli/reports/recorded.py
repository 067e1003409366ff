"""`report needs`, `organisation`, `requests`, `timeline`: what is on record of things."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import not_found
from svx_ledger.cli.listing import Csv, listed
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session

if TYPE_CHECKING:
    from svx_ledger.projections.leading import Lead
    from svx_ledger.projections.organisation_page import OrganisationPage


def needs(
    session: Session,
    *,
    area: Annotated[
        str | None,
        typer.Option("--area", metavar="CODE", help="In this police force or local area."),
    ] = None,
    theme: Annotated[
        str | None, typer.Option("--theme", metavar="CODE", help="Of this theme.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="CODE", help="In this measure.")
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="ORG", help="Of this organisation.")
    ] = None,
    csv: Csv = False,
) -> None:
    """Show the needs by area, theme and measure: open, listed, committed and unmet."""
    from svx_ledger.cli.views import viewed
    from svx_ledger.projections.need_states import NeedCell, needs_by_area

    with viewed(session) as view:
        found = needs_by_area(
            view.rows, area=area, theme=theme, measure=measure, community=community
        )
    if listed(session, NeedCell._fields, found, csv=csv):
        return
    headings = ("force", "area", "theme", "measure", "unit")
    counts = ("needs", "proposed", "open", "listed", "committed", "withdrawn", "unmet")
    rows = [
        (
            *(c.police_force, c.local_authority, c.theme, c.measure, c.unit),
            *(getattr(c, count) for count in counts),
            *(c.asked, c.quantity_committed, c.outstanding),
        )
        for c in found
    ]
    showing.table((*headings, *counts, "asked", "quantity", "outstanding"), rows)


def organisation(
    session: Session,
    organisation: Annotated[
        str, typer.Argument(metavar="ORG", help="E.g. organisation-8f3k2m7q.")
    ],
) -> None:
    """Show an organisation: its ties, awards, pledges, keys and corrections."""
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.organisation_page import organisation_page

    viewer = viewer_of(session)
    with viewed(session) as view:
        found = organisation_page(view.rows, organisation, viewer)
    if found is None:
        raise not_found(organisation=organisation)
    if session.json:
        showing.line(found)
    else:
        _show_organisation(found)


def _show_organisation(page: "OrganisationPage") -> None:
    said = page.organisation._asdict()
    say(f"{page.organisation.organisation_id}: {said.pop('name')}")
    del said["organisation_id"]
    for name, value in said.items():
        say(f"  {name}: {showing.cell(value) or '-'}")
    for name in ("auctions", "awards", "contracts"):
        say(f"  {name}: {', '.join(getattr(page, name)) or '-'}")
    say(f"  needs: {page.needs}")
    tables: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("Identifiers", page.identifiers),
        ("Connections", page.connections),
        ("Keys", page.keys),
        ("Corrections", page.corrections),
        ("Projects", page.projects),
        ("Takes part in", page.attended),
        ("Access", page.access),
    )
    for title, rows in tables:
        _show_rows(title, rows)
    pledges = [
        (p.pledge_id, p.measure, p.quantity, p.unit, p.due_by, p.phase) for p in page.pledges
    ]
    if pledges:
        headings = ("pledge", "measure", "owed", "unit", "due", "phase")
        showing.table(headings, pledges, "Pledges")


def _show_rows(title: str, rows: tuple[Any, ...]) -> None:
    """Show rows as they are kept, but for the organisation, whose page it is."""
    if rows:
        names = [name for name in rows[0]._fields if name != "organisation_id"]
        cells = [[getattr(row, name) for name in names] for row in rows]
        showing.table([name.replace("_", " ") for name in names], cells, title)


def requests(
    session: Session,
    *,
    organisation: Annotated[
        str | None,
        typer.Option("--organisation", metavar="ORG", help="Asked for by its people."),
    ] = None,
    csv: Csv = False,
) -> None:
    """Show what waits for a second person, as far as whoever asks may know."""
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.pending import Pending, pending

    viewer = viewer_of(session)
    with viewed(session) as view:
        found = pending(view.rows, viewer, organisation=organisation)
    if listed(session, Pending._fields, found, csv=csv):
        return
    headings = ("asked", "act", "of", "about", "by", "reason", "position")
    rows = [
        (
            *(p.requested_at, p.act, p.stream, p.about, p.requested_by),
            *(p.reason, p.position),
        )
        for p in found
    ]
    showing.table(headings, rows)


def timeline(
    session: Session,
    auction: Annotated[str, typer.Argument(metavar="AUCTION", help="E.g. auction-8f3k2m7q.")],
    *,
    csv: Csv = False,
) -> None:
    """Show what happened to an auction, who led when, and why that changed."""
    from dataclasses import fields

    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.leading import Lead
    from svx_ledger.projections.leading import timeline as turns

    viewer = viewer_of(session)
    with viewed(session) as view:
        found = turns(view.rows, auction, viewer)
    if found is None:
        raise not_found(auction=auction)
    if listed(session, [field.name for field in fields(Lead)], found, csv=csv):
        return
    headings = ("position", "time", "what", "bid", "supplier", "worth", "leads", "ahead", "why")
    showing.table(headings, [_turn(lead) for lead in found])


def _turn(lead: "Lead") -> tuple[Any, ...]:
    worth, ahead = lead.score_points, lead.ahead_by
    return (
        *(lead.position, lead.recorded_at, lead.happened, lead.bid_no, lead.supplier_id),
        worth if worth is not None or lead.value_pence is None else _money(lead.value_pence),
        lead.leader_id,
        _money(ahead) if isinstance(ahead, int) else ahead,
        lead.why or lead.reason,
    )


def _money(pence: int) -> str:
    return showing.money(pence)
