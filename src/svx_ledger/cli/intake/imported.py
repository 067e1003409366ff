"""Around every import: look at the files first, and tell in the end what came of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import Refused, SomeRejected
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.intake.tally import Remark, Tally

MOST_SHOWN = 20
"""Rejected records that a person is shown; `--json` lists them all."""

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Files; the same one again changes nothing."),
]


def tell(session: Session, tally: "Tally") -> None:
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


def readable(files: Sequence[Path]) -> None:
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


def unless_of(actor: "Actor", *roles: str) -> None:
    """Refuse at once who could import nothing: by role, or by side. Raises Refused."""
    from svx_ledger.domain.rule import ROLE_NOT_ALLOWED

    if actor.role not in roles and actor.side not in roles:
        raise Refused(ROLE_NOT_ALLOWED.refuse(allowed=", ".join(roles), role=actor.role))
