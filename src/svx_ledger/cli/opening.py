"""The first verb of a ledger, the one that takes any command as JSON, and the clock's."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from . import showing
from .output import say
from .session import Session, Usage, read_actor, write_what_is_due
from .verb import option

if TYPE_CHECKING:
    from svx_ledger.ledger import Clock

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
LOCAL: Final = "local/"
"""What the name begins with of a log that nobody named."""
Simulated = Annotated[
    bool,
    typer.Option("--simulated", help="Its time is that of a replayed history, never the real."),
]


def init(session: Session, origin: Origin = None, *, simulated: Simulated = False) -> None:
    """Open a new ledger.

    Creates the tables where there is nothing of a ledger. One that is there is checked, and
    nothing of it made again; it is a conflict if it is open.
    Acts as operator:/person-init unless --actor says who opens it.
    """
    from svx_ledger.cli.commands.giving import give, new_name
    from svx_ledger.domain.book import OpenLedger
    from svx_ledger.domain.book.published import can_be_key_name

    if origin is not None and not can_be_key_name(origin):
        raise Usage(
            "An origin has letters, digits and . _ ~ : / - and no more than 208 of them."
        )
    actor = read_actor(session.settings.actor or "operator:/person-init")
    _assert_none_was_published(session)
    name = new_name("ledger")
    command = OpenLedger(
        ledger_id=name,
        origin=origin or f"{LOCAL}{name}",
        clock="simulated" if simulated else "real",
    )
    give(session, command, actor=actor, create=True, clock=_epoch() if simulated else None)


def _assert_none_was_published(session: Session) -> None:
    """Refuse, before anything is made, where a log is known of a ledger that is not there.

    Raises Forked.
    """
    from svx_ledger.eventlog.open import open_store
    from svx_ledger.eventlog.store import Forked, NoLedger, StoreError
    from svx_ledger.publishing.remedies import LOST
    from svx_ledger.publishing.restoring import known_here

    settings = session.settings
    store = open_store(settings.ledger)
    try:
        store.check()
    except NoLedger:
        if known_here(settings.ledger, settings.mark):
            raise Forked(
                f"no ledger is here, and there are checkpoints of it: {LOST}"
            ) from None
    except StoreError:
        return  # which making it tells
    finally:
        store.close()


def _epoch() -> "Clock":
    """Return simulated time that stands before any history."""
    from datetime import UTC, datetime

    from svx_ledger.ledger import SimulatedClock

    return SimulatedClock(datetime(1970, 1, 1, tzinfo=UTC))


def do(session: Session, source: str, **how: Any) -> None:
    """Give one command as JSON.

    It reads {"command": TYPE, "data": {…}}.
    """
    from svx_ledger.cli.commands.fields import read_source
    from svx_ledger.cli.commands.giving import give
    from svx_ledger.eventlog.commands import read_command

    give(session, read_command(read_source(source)), **how)


def tick(session: Session) -> None:
    """Write every deadline that has passed, such as the close of an auction.

    Every other verb that writes does so too: this one is for when nobody gives a command.
    """
    with session.ledger() as ledger:
        written = write_what_is_due(ledger)
    if session.json:
        showing.line({"written": written})
    else:
        say(f"{written} written")
