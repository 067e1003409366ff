"""`report awards`: the award register, whole, searched or counted."""

from decimal import Decimal, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from svx_ledger.cli import showing, times
from svx_ledger.cli.listing import Csv, listed
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage

from . import reports

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.projections.elsewhere import AwardElsewhere
    from svx_ledger.projections.register import RegisteredAward
    from svx_ledger.projections.register_search import Search
    from svx_ledger.projections.view import View

Standstill = Literal["not-announced", "none", "running", "over", "suspended"]
_BIGGEST = Decimal(10) ** 13


Authority = Annotated[
    str | None,
    typer.Option("--authority", metavar="ORG", help="Made by this authority."),
]
Area = Annotated[
    str | None,
    typer.Option(
        "--area", metavar="CODE", help="For needs in this police force or local authority area."
    ),
]
Supplier = Annotated[
    str | None,
    typer.Option("--supplier", metavar="ORG", help="Won by this supplier."),
]
Community = Annotated[
    str | None,
    typer.Option(
        "--community", metavar="ORG", help="With a line for this community organisation."
    ),
]
Measure = Annotated[
    str | None,
    typer.Option("--measure", metavar="CODE", help="With a line in this measure."),
]
Theme = Annotated[
    str | None,
    typer.Option("--theme", metavar="CODE", help="With a line for a need of this theme."),
]
Text = Annotated[
    str | None,
    typer.Option(
        "--text", metavar="WORDS", help="With these words in title, OCID, id or names."
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DATE", help="Approved on this UK date or later; else assessed."
    ),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="DATE", help="Approved on this UK date or earlier; else assessed."
    ),
]
Least = Annotated[
    str | None,
    typer.Option("--least", metavar="POUNDS", help="Worth at least so much in pledges."),
]
Most = Annotated[
    str | None,
    typer.Option("--most", metavar="POUNDS", help="Worth at most so much in pledges."),
]
After = Annotated[
    str | None,
    typer.Option(
        "--after", metavar="CURSOR", help="The page after: what the page before said."
    ),
]
StandstillState = Annotated[
    Standstill | None, typer.Option("--standstill", help="With its standstill in this state.")
]
Vcse = Annotated[
    bool | None, typer.Option("--vcse/--no-vcse", help="Won by a registered charity, or not.")
]
Elsewhere = Annotated[
    bool | None,
    typer.Option("--elsewhere/--no-elsewhere", help="Decided elsewhere only, or not at all."),
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", help="At most so many.", min=1, max=1000)
]
Facets = Annotated[
    bool, typer.Option("--facets", help="Count the awards by each choice instead.")
]


def awards(  # noqa: PLR0913, PLR0917 - one for each thing that awards are found by
    session: Session,
    authority: Authority = None,
    area: Area = None,
    supplier: Supplier = None,
    community: Community = None,
    measure: Measure = None,
    theme: Theme = None,
    text: Text = None,
    since: From = None,
    until: To = None,
    least: Least = None,
    most: Most = None,
    standstill: StandstillState = None,
    vcse: Vcse = None,
    elsewhere: Elsewhere = None,
    after: After = None,
    limit: Limit = None,
    *,
    facets: Facets = False,
    csv: Csv = False,
) -> None:
    """Show the award register: who won each lot, by whom approved, and what binds.

    Awards that were published and decided elsewhere stand behind them, marked as such. With
    options, those awards that are all of what is asked for.
    """
    from svx_ledger.projections.register_search import Search

    sought = Search(
        authority=authority,
        area=area,
        supplier=supplier,
        community=community,
        measure=measure,
        theme=theme,
        text=text,
        since=None if since is None else times.day("--from", since),
        until=None if until is None else times.day("--to", until),
        least_pence=_pence("--least", least),
        most_pence=_pence("--most", most),
        standstill=standstill,
        vcse=vcse,
        elsewhere=elsewhere,
    )
    asked = csv or after is not None or limit is not None
    if facets:
        _count(session, sought, csv=csv)
    elif sought == Search() and not asked:
        reports.awards(session)
    else:
        _show_found(session, sought, after=after, limit=limit, csv=csv)


def _pence(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        pence = Decimal(text.replace(",", "")) * 100
    except (InvalidOperation, Overflow):
        pence = Decimal("NaN")
    if not (pence.is_finite() and 0 <= pence < _BIGGEST and pence == int(pence)):
        raise Usage(f"{option} reads an amount in pounds: 250000 or 1999.50.")
    return int(pence)


def _show_found(
    session: Session, sought: "Search", *, after: str | None, limit: int | None, csv: bool
) -> None:
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.projections.award_lines import Line, line_of
    from svx_ledger.projections.register import RegisteredAward

    viewer = viewer_of(session)
    with viewed(session) as view:
        found, cursor = _found(view, sought, viewer, after=after, limit=limit)
    items = [line_of(one) for one in found] if csv else found
    if not listed(session, Line._fields, items, csv=csv):
        here = [one for one in found if isinstance(one, RegisteredAward)]
        if here or not found:
            reports.show_awards(here)
        if there := [one for one in found if not isinstance(one, RegisteredAward)]:
            reports.show_elsewhere(there)
    if cursor is not None:
        say(f"There is more: --after {cursor}", err=True)


def _found(
    view: "View",
    sought: "Search",
    viewer: "Actor | None",
    *,
    after: str | None,
    limit: int | None,
) -> "tuple[list[RegisteredAward | AwardElsewhere], str | None]":
    """Return a page, or without a limit all that is left. Raises Usage for a bad cursor."""
    from svx_ledger.projections.register_search import MOST, BadCursor, search

    found: list[RegisteredAward | AwardElsewhere] = []
    while True:
        try:
            page = search(view, sought, viewer, after=after, limit=limit or MOST)
        except BadCursor as fault:
            raise Usage(f"--after: {fault}.") from None
        found += page.items
        after = page.next
        if after is None or limit is not None:
            return found, after


def _count(session: Session, sought: "Search", *, csv: bool) -> None:
    from svx_ledger.cli.views import viewed
    from svx_ledger.projections.award_lines import Count, counts
    from svx_ledger.projections.register_search import facets

    with viewed(session) as view:
        rows = counts(facets(view, sought))
    if not listed(session, Count._fields, rows, csv=csv):
        showing.table(Count._fields, rows)
