"""`import 360giving`: grants become organisations, projects and needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli import times
from svx_ledger.cli.progress import watched
from svx_ledger.cli.session import Session, Usage

from .imported import Files, readable, tell, unless_of

if TYPE_CHECKING:
    from svx_ledger.domain.place import Place


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

    readable([*files, *(areas or ())])
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
        needed_by=times.day("--needed-by", needed_by) if needed_by else None,
        theme=classified if theme else UNCLASSIFIED,
        verify_basis=verify_basis,
    )
    actor = session.actor()
    unless_of(actor, "operator", "community")
    with session.ledger() as ledger:
        tally = import_grants(ledger, actor, files, terms, watch=watched)
    tell(session, tally)


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
