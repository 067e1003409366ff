"""`import`: what comes in from files, and what became of each part of it.

With `--json` one object says how much was read, imported and known already, and lists what was
rejected with its place; the exit code is 7 where anything was.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from . import showing
from .failing import Refused, SomeRejected
from .output import say
from .progress import watched
from .session import Session, Usage

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.domain.place import Place
    from svx_ledger.intake.tally import Remark, Tally

MOST_SHOWN = 20
"""Rejected records that a person is shown; `--json` lists them all."""

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Files; the same one again changes nothing."),
]
Worth = Literal["fiscal", "economic", "social"]


def ocds(session: Session, files: Files) -> None:
    """Record procurement notices and awards that others published.

    Takes OCDS 1.0 and 1.1: packages of releases or of records, single ones, or one on each
    line. The operator imports; nothing in the files becomes an act of the exchange.
    """
    from svx_ledger.intake.observing import import_ocds

    _readable(files)
    actor = session.actor()
    _unless_of(actor, "operator")
    with session.ledger() as ledger:
        tally = import_ocds(ledger, actor, files, watched)
    _tell(session, tally)


def grants(
    session: Session,
    files: Files,
    *,
    areas: Annotated[
        list[Path] | None,
        typer.Option(
            "--areas",
            metavar="FILE",
            help="Tables of area codes: gss_code,pfa_code or lsoa. Repeat for each.",
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            "--place",
            metavar="FORCE/COUNCIL",
            help="Area codes for grants that state no place that is known.",
        ),
    ] = None,
    needed_by: Annotated[
        str | None,
        typer.Option(
            "--needed-by",
            metavar="DATE",
            help="For every need; else its planned end, if that is not past.",
        ),
    ] = None,
    theme: Annotated[
        str | None, typer.Option("--theme", metavar="SCHEME/CODE", help="Of every need.")
    ] = None,
    verify_basis: Annotated[
        str | None,
        typer.Option(
            "--verify-basis",
            metavar="TEXT",
            help="Verifies the recipients, saying how you checked them.",
        ),
    ] = None,
) -> None:
    """Register community organisations, projects and needs from 360Giving grants.

    Takes JSON, JSON lines and CSV. Projects and needs of an organisation wait until it is
    verified: import the same files again then.
    """
    from svx_ledger.domain.need import Theme
    from svx_ledger.domain.organisation import VerifyOrganisation
    from svx_ledger.intake.areas import Areas
    from svx_ledger.intake.exact import Faulty
    from svx_ledger.intake.granting import UNCLASSIFIED, Terms, import_grants

    _readable([*files, *(areas or ())])
    known = Areas(_place(place) if place else None)
    for table in areas or ():
        try:
            known.add(table)
        except Faulty as fault:
            raise Usage(f"--areas {table}: {fault}") from None
    if theme:
        scheme, _, code = theme.partition("/")
        classified = Theme(scheme=scheme, code=code)
        _check(classified, "--theme reads SCHEME/CODE, e.g. ToMs/NT11")
    if verify_basis is not None:
        verify = VerifyOrganisation(organisation_id="organisation-0000", basis=verify_basis)
        _check(verify, "--verify-basis")
    terms = Terms(
        areas=known,
        needed_by=_day(needed_by, "--needed-by") if needed_by else None,
        theme=classified if theme else UNCLASSIFIED,
        verify_basis=verify_basis,
    )
    actor = session.actor()
    _unless_of(actor, "operator", "community")
    with session.ledger() as ledger:
        tally = import_grants(ledger, actor, files, terms, watch=watched)
    _tell(session, tally)


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

    _readable(files)
    manner = Manner(worth=worth, edition=edition, licence=licence, divisible=not whole)
    actor = session.actor()
    _unless_of(actor, "evaluator", "authority")
    with session.ledger() as ledger:
        tally = import_proxies(
            ledger, actor, files, name=name, only=frozenset(only or ()), manner=manner
        )
    _tell(session, tally)


def bids(
    session: Session,
    files: Files,
    *,
    starts_at: Annotated[
        str | None,
        typer.Option(
            "--starts-at",
            metavar="TIME",
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

    _readable(files)
    tally = Tally()
    history = read_history(files, _instant(starts_at) if starts_at else STARTS_AT, tally)
    if history.bids:
        clock = SimulatedClock(history.begins_at)
        with session.ledger(create=True, clock=clock) as ledger:
            try:
                replay(ledger, clock, history, tally=tally, watch=watched)
            except ReplayRefused as refused:
                raise Refused(refused.refusal) from None
    _tell(session, tally)


def _tell(session: Session, tally: "Tally") -> None:
    """Show what an import came to. Raises SomeRejected where part of it was not taken."""
    if session.json:
        showing.line(tally.plain())
    else:
        said = f"{tally.read} read, {tally.imported} imported, {tally.unchanged} unchanged"
        waits = f", {len(tally.waiting)} waiting" if tally.waiting else ""
        say(f"{said}, {len(tally.rejected)} rejected{waits}")
        for name, value in tally.more.items():
            say(f"  {name.replace('_', ' ')}: {_in_words(value)}")
        for heading, remarks in (("Waiting", tally.waiting), ("Note", tally.notes)):
            _list(heading, remarks)
        _list("Rejected", tally.rejected)
    if tally.rejected:
        raise SomeRejected


def _list(heading: str, remarks: "Sequence[Remark]") -> None:
    for remark in remarks[:MOST_SHOWN]:
        say(f"{heading}: {remark.file} {remark.pointer}: {remark.reason}", err=True)
    if (more := len(remarks) - MOST_SHOWN) > 0:
        say(f"{heading}: and {more} more; --json lists them", err=True)


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        said = ((k, showing.money(v) if k.endswith("_pence") else v) for k, v in value.items())
        return ", ".join(
            f"{k.removesuffix('_pence').replace('_', ' ')} {_in_words(v)}" for k, v in said
        )
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _readable(files: Sequence[Path]) -> None:
    """Find out before anything is written that every file is there. Raises Usage."""
    for file in files:
        try:
            if file.is_dir():
                raise Usage(f"{file} is a folder: name the files in it.")
            if not file.is_file():
                raise Usage(f"{file} is no file." if file.exists() else f"There is no {file}.")
            file.open("rb").close()
        except OSError as fault:
            raise Usage(f"{file} cannot be read: {fault.strerror}.") from None


def _place(text: str) -> "Place":
    from svx_ledger.domain.place import Place

    force, slash, council = text.partition("/")
    if not (force and slash and council):
        raise Usage("--place reads FORCE/COUNCIL, e.g. E23000001/E09000001.")
    place = Place(police_force=force, local_authority=council)
    _check(place, "--place reads FORCE/COUNCIL")
    return place


def _check(value: object, flag: str) -> None:
    """Find out before anything is written that an option has its form. Raises Usage."""
    from svx_ledger.eventlog.malformed import Malformed
    from svx_ledger.eventlog.shapes import shape_of

    try:
        shape_of(type(value)).encode(value)
    except Malformed as fault:
        raise Usage(f"{flag}: {fault.rule.demands}") from None


def _unless_of(actor: "Actor", *roles: str) -> None:
    """Refuse at once who could import nothing: by role, or by side. Raises Refused."""
    from svx_ledger.domain.rule import ROLE_NOT_ALLOWED

    if actor.role not in roles and actor.side not in roles:
        raise Refused(ROLE_NOT_ALLOWED.refuse(allowed=", ".join(roles), role=actor.role))


def _day(text: str, flag: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Usage(f"{flag} reads YYYY-MM-DD.") from None


def _instant(text: str) -> datetime:
    from datetime import UTC

    from svx_ledger.intake.bid_rows import YEARS

    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Usage("--starts-at reads YYYY-MM-DDTHH:MM:SSZ.") from None
    if at.year not in YEARS:
        raise Usage(f"--starts-at is in the years {YEARS[0]} to {YEARS[-1]}.")
    return at
