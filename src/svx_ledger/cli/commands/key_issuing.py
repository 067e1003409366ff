"""`key issue`: what may be left out of it, and the key that it makes and shows once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from svx_ledger.api.keys import new_key
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import option
from svx_ledger.domain.api_key import LONGEST
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.vocabulary import COMMANDS
from svx_ledger.eventlog.scalars import instant
from svx_ledger.ledger.answer import COMMAND_ID_REUSED

FIELDS: Final = frozenset({"api_key_id", "access_id", "secret_sha256", "expires_at"})
"""What may be left out, or said in other words."""

Access = Annotated[
    str | None, typer.Option("--access", metavar="ACCESS", help="The same as --access-id.")
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days",
        metavar="N",
        help="It expires so many days from now: in place of --expires-at.",
        min=1,
        max=LONGEST.days,
    ),
]
OPTIONS: Final = (option("access", Access), option("days", Days))
_LOST: Final = (
    "If a key was issued by the command that had this id, it was shown then and cannot be "
    "shown again: find it with `svx-ledger key list`, revoke it, and issue another under "
    "another id."
)


_ONE_COMMAND: Final = re.compile(r"act:[A-Z][A-Za-z]{2,40}", re.ASCII)


def fill(session: Session, data: dict[str, Any], extra: Mapping[str, Any]) -> None:
    """Take the shorter options, and make a key where no digest of one is given.

    Its text is kept by the session, to be shown when the event is on record. Raises Usage.
    """
    access, days = extra["access"], extra["days"]
    _put(data, "access_id", access, "Choose one of --access and --access-id.")
    expires_at = None if days is None else instant(now() + timedelta(days=days))
    _put(data, "expires_at", expires_at, "Choose one of --days and --expires-at.")
    if "expires_at" not in data:
        raise Usage("Say when it expires: --days N or --expires-at TIME.")
    _warn_of(data["scopes"])
    if "secret_sha256" in data:
        if "api_key_id" not in data:
            raise Usage("A key's name is part of its text: say which KEY the digest is of.")
        return
    key = new_key(data.get("api_key_id"))
    data |= {"api_key_id": key.api_key_id, "secret_sha256": key.sha256}
    session.key = key.text


def now() -> datetime:
    """Return the time from which the days of a key count."""
    return datetime.now(UTC)


def explained(session: Session, refusal: Refusal) -> Refusal:
    """Say of a repeat that made another key what became of the first one.

    A repeat is one only with the same secret: the first text was shown, or is lost.
    """
    if session.key is None or refusal.rule is not COMMAND_ID_REUSED:
        return refusal
    return Refusal(replace(refusal.rule, remedy=_LOST), refusal.facts)


def _put(data: dict[str, Any], name: str, value: str | None, both: str) -> None:
    if value is not None:
        if name in data:
            raise Usage(both)
        data[name] = value


def _warn_of(scopes: list[Any]) -> None:
    """Say which scopes name a command that does not exist: most likely a typing error."""
    for scope in filter(_ONE_COMMAND.fullmatch, map(str, scopes)):
        if scope.removeprefix("act:") not in COMMANDS:
            say(f"{scope} allows nothing: no command has that name.", err=True)
