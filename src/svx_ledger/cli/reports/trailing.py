"""`report trail`: who did what, on whose behalf and caused by what, a sentence each."""

from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli import showing, times
from svx_ledger.cli.listing import Csv, listed
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Damaged, Session

if TYPE_CHECKING:
    from svx_ledger.projections.trail_search import Entry

Person = Annotated[
    str | None, typer.Option("--person", metavar="PERSON", help="What this person did.")
]
Organisation = Annotated[
    str | None,
    typer.Option("--organisation", metavar="ORG", help="Done for it, or on its behalf."),
]
Thing = Annotated[
    str | None,
    typer.Option("--thing", metavar="STREAM", help="On this stream, or naming it."),
]
Command = Annotated[
    str | None, typer.Option("--command", metavar="ID", help="By the command with this id.")
]
Kind = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help="Of this type, e.g. kpi-set.v1.")
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME|DATE",
        help="From this instant on; of a day, from its beginning in UTC.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME|DATE",
        help="Before this instant; of a day, before its beginning in UTC.",
    ),
]
After = Annotated[
    int,
    typer.Option("--after", metavar="POSITION", help="Those after it only.", min=0, max=2**62),
]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", help="At most so many.", min=1, max=1000)
]


def trail(  # noqa: PLR0913 - one for each thing that entries are found by
    session: Session,
    *,
    person: Person = None,
    organisation: Organisation = None,
    thing: Thing = None,
    command: Command = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    after: After = 0,
    limit: Limit = 100,
    csv: Csv = False,
) -> None:
    """Show the audit trail: who did what, on whose behalf and caused by what.

    What is hidden from whoever asks is found by its stream and its time alone.
    """
    from svx_ledger.cli.views import viewed, viewer_of
    from svx_ledger.eventlog.record import Unreadable
    from svx_ledger.projections.trail_lines import Line, lines
    from svx_ledger.projections.trail_search import trail as search

    viewer = viewer_of(session)
    with viewed(session) as view, session.store() as store:
        found = search(
            view.rows,
            viewer,
            person=person,
            organisation=organisation,
            thing=thing,
            command=command,
            type=kind,
            since=None if since is None else times.begun("--since", since),
            until=None if until is None else times.begun("--until", until),
            after=after,
            limit=limit,
        )
        try:
            items = [*lines(store, view.rows, viewer, found.items)]
        except Unreadable as fault:
            raise Damaged.said_by(fault) from None
    if not listed(session, Line._fields, items, csv=csv):
        for entry, item in zip(found.items, items, strict=True):
            at, stream = showing.cell(entry.recorded_at), entry.stream or "hidden"
            say(f"{entry.position:>6}  {at}  {stream}  {_by(entry)}{item.says}")
    if found.next is not None:
        say(f"There is more: --after {found.next}", err=True)


def _by(entry: "Entry") -> str:
    """Say who did it, for whom, and after what."""
    if entry.withheld:
        return ""
    acting = f" of {entry.organisation_id}" if entry.organisation_id else ""
    behalf = f", for {entry.on_behalf_of}" if entry.on_behalf_of else ""
    caused = f", after {', '.join(map(str, entry.caused_by))}" if entry.caused_by else ""
    return f"{entry.person_id} ({entry.role}{acting}{behalf}{caused}): "
