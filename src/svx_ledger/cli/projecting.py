"""`projections status`, `rebuild` and `follow`: how the views of the log are kept."""

import signal
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import showing
from .failing import Exit, Stopped, tell_plainly
from .output import say
from .progress import reached
from .session import Damaged, Session

if TYPE_CHECKING:
    from svx_ledger.projections.stored.status import Status

Processes = Annotated[
    int, typer.Option("--processes", metavar="N", help="How many read the log.", min=1, max=64)
]


def status(session: Session) -> None:
    """Show where the stored views are, whether anybody follows the log, and their sizes."""
    from svx_ledger import open_views
    from svx_ledger.projections.stored.status import status_of

    with open_views(session.settings.ledger) as views:
        found = status_of(views.keeper)
    if session.json:
        showing.line(found)
        return
    _show(found)


def _show(found: "Status") -> None:
    if found.generation is None:
        say(f"no views are kept yet; the log is at position {found.head}")
    else:
        behind = f"{found.lag_events} events behind, {found.lag_seconds:.1f} s"
        at = "up to date" if not found.lag_events else behind
        if not found.of_this_log:
            at = "made from another log: it was restored, cut or altered"
        elif not found.ours:
            at = "of another program, this one builds its own"
        say(f"generation {found.generation} at position {found.position} of {found.head}: {at}")
        followed = "followed" if found.followed else "not followed"
        last = f"; last seen {showing.cell(found.heartbeat)}" if found.heartbeat else ""
        say(f"{followed}{last}")
    if found.building is not None:
        say(
            f"generation {found.building} is being built: at position {found.building_position}"
        )
    if found.rows:
        showing.table(("projection", "rows"), list(found.rows.items()))


def rebuild(session: Session, *, processes: Processes = 1) -> None:
    """Build all views again beside those that are served, then serve the new ones.

    The ledger stays in use meanwhile. One that was interrupted goes on where it was. Where a
    record cannot be read it ends with 3, and what was served is served further.
    """
    from svx_ledger import open_views
    from svx_ledger.eventlog.record import Unreadable
    from svx_ledger.projections.memory import OutOfStep
    from svx_ledger.projections.stored.generation import Fenced, RowsAmiss

    with open_views(session.settings.ledger) as views:
        keeper = views.keeper
        head = keeper.store.head().position
        try:
            with closing(keeper.build(processes=processes)) as positions, suppress(Fenced):
                # Fenced: another built meanwhile is served; it is shown, whoever made it.
                for _ in reached(positions, head, "building"):
                    pass
        except RowsAmiss as fault:
            amiss = f"the views that were being built are not what the log says: {fault}"
            remedy = "somebody else wrote there; run it again, it begins anew"
            raise Stopped(f"{amiss}; {remedy}", Exit.DAMAGED) from None
        except (Unreadable, OutOfStep) as fault:
            raise Damaged.said_by(fault) from None
        keeper.sweep()
        current = keeper.current()
        assert current is not None
    if session.json:
        showing.line({"generation": current.number, "position": current.position})
    else:
        say(f"generation {current.number} is served, at position {current.position}")


def follow(session: Session) -> None:
    """Keep the views up to date until this is interrupted."""
    import logging

    from svx_ledger.projections.following import Follower
    from svx_ledger.projections.stored.opening import hints_of, open_keeper

    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    with closing(open_keeper(session.settings.ledger)) as keeper:
        follower = Follower(keeper, hints=hints_of(session.settings.ledger))
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGTERM, _interrupt)
            follower.start()
            say("following the log; interrupt to end", err=True)
            follower.wait()
            tell_plainly(session, "another program's views are served now: this one ends")
        follower.stop()


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
