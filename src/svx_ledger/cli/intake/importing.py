"""`import`: what comes in from files, and what became of each part of it.

With `--json` one object says how much was read, imported and known already, and lists what was
rejected with its place; the exit code is 7 where anything was.
"""

from datetime import datetime
from typing import Annotated, Literal

import typer

from svx_ledger.cli import times
from svx_ledger.cli.failing import Refused
from svx_ledger.cli.progress import watched
from svx_ledger.cli.session import Session, Usage

from .imported import Files, readable, tell, unless_of

Worth = Literal["fiscal", "economic", "social"]


def ocds(session: Session, files: Files) -> None:
    """Record procurement notices and awards that others published.

    Takes OCDS 1.0 and 1.1: packages of releases or of records, single ones, or one on each
    line. The operator imports; nothing in the files becomes an act of the exchange.
    """
    from svx_ledger.intake.observing import import_ocds

    readable(files)
    actor = session.actor()
    unless_of(actor, "operator")
    with session.ledger() as ledger:
        tally = import_ocds(ledger, actor, files, watched)
    tell(session, tally)


def proxies(
    session: Session,
    files: Files,
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help="Of the set; else the file's.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="MEASURE", help="Take this measure. Repeat for each."),
    ] = None,
    worth: Annotated[
        Worth, typer.Option("--worth", help="The value to take from a table of GMCA's.")
    ] = "fiscal",
    edition: Annotated[
        str | None, typer.Option("--edition", metavar="TEXT", help="Of a table of GMCA's.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", metavar="TEXT", help="Of a table of GMCA's.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Units of a table of GMCA's cannot be divided.")
    ] = False,
) -> None:
    """Adopt a CSV table of what one unit of each measure is worth.

    All of it or, where a cell is at fault, nothing: a set never changes. An evaluator or an
    authority adopts.
    """
    from svx_ledger.intake.proxies import import_proxies
    from svx_ledger.intake.proxy_rows import Manner

    readable(files)
    manner = Manner(worth=worth, edition=edition, licence=licence, divisible=not whole)
    actor = session.actor()
    unless_of(actor, "evaluator", "authority")
    with session.ledger() as ledger:
        tally = import_proxies(
            ledger, actor, files, name=name, only=frozenset(only or ()), manner=manner
        )
    tell(session, tally)


def bids(
    session: Session,
    files: Files,
    *,
    starts_at: Annotated[
        str | None,
        typer.Option(
            "--starts-at",
            metavar="TIME|DATE",
            help="When auctions open whose history does not say it.",
        ),
    ] = None,
) -> None:
    """Replay bid histories through the rules, in simulated time.

    Into an empty ledger, which is made if it is missing; all auctions' bids merged by time.
    Everything around the bids is invented, and named so.
    """
    from svx_ledger.intake.bid_rows import read_history
    from svx_ledger.intake.replay import STARTS_AT, ReplayRefused, replay
    from svx_ledger.intake.tally import Tally
    from svx_ledger.ledger import SimulatedClock

    readable(files)
    tally = Tally()
    history = read_history(files, _instant(starts_at) if starts_at else STARTS_AT, tally)
    if history.bids:
        clock = SimulatedClock(history.begins_at)
        with session.ledger(create=True, clock=clock) as ledger:
            try:
                replay(ledger, clock, history, tally=tally, watch=watched)
            except ReplayRefused as refused:
                raise Refused(refused.refusal) from None
    tell(session, tally)


def _instant(text: str) -> datetime:
    from svx_ledger.intake.bid_rows import YEARS

    at = times.begun("--starts-at", text)
    if at.year not in YEARS:
        raise Usage(f"--starts-at is in the years {YEARS[0]} to {YEARS[-1]}.")
    return at
