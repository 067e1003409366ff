"""The first verb of a ledger, and the one that takes any command as JSON."""

from typing import Annotated, Any

import typer

from .session import Session, read_actor
from .verb import option

Origin = Annotated[
    str | None,
    typer.Option(
        "--origin",
        metavar="NAME",
        help="The name that the published log will carry, e.g. a domain with a path.",
    ),
]
SOURCE = option(
    "source",
    Annotated[str, typer.Argument(metavar="FILE", help="The command as JSON; - reads it.")],
    ...,
)


def init(session: Session, origin: Origin = None) -> None:
    """Open a new ledger.

    Creates the tables where they are missing; it is a conflict if the ledger is open.
    Acts as operator:/person-init unless --actor says who opens it.
    """
    from svx_ledger.domain.book import OpenLedger

    from .giving import give, new_name

    actor = read_actor(session.settings.actor or "operator:/person-init")
    name = new_name("ledger")
    command = OpenLedger(ledger_id=name, origin=origin or f"local/{name}", clock="real")
    give(session, command, actor=actor, create=True)


def do(session: Session, source: str, **how: Any) -> None:
    """Give one command as JSON.

    It reads {"command": TYPE, "data": {…}}.
    """
    from svx_ledger.eventlog.commands import read_command

    from .fields import read_source
    from .giving import give

    give(session, read_command(read_source(source)), **how)
