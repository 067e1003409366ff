"""`key make` and `key list`: a key without a ledger, and the keys that there are."""

from typing import Annotated, Any

import typer

from . import showing
from .listing import Csv, listed
from .output import say
from .session import Session

_SHOWN: tuple[str, ...] = (
    *("api_key_id", "state", "organisation_id", "person_id", "role"),
    *("scopes", "expires_at"),
)


def make(session: Session) -> None:
    """Make a key without a ledger: its name, its text, and the digest to have it issued by.

    Whoever keeps it gives the name and the digest to who issues it, and the text to nobody.
    """
    from svx_ledger.api.keys import new_key

    key = new_key()
    made = {"api_key_id": key.api_key_id, "key": key.text, "secret_sha256": key.sha256}
    if session.json:
        showing.line(made)
    else:
        for name, text in made.items():
            say(f"{name}: {text}")
    say("The key is shown once. Give its name and digest to who issues it, not it.", err=True)


def list_keys(
    session: Session,
    *,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="ORG", help="Of this one only.")
    ] = None,
    csv: Csv = False,
) -> None:
    """List the keys that whoever asks may know of, and whether each is in force."""
    from svx_ledger.projections.api_keys import ListedKey, api_keys

    from .views import viewed, viewer_of

    viewer = viewer_of(session)
    with viewed(session) as view:
        found = api_keys(view, viewer, organisation=organisation)
    if listed(session, ListedKey._fields, found, csv=csv):
        return
    headings = ("key", "state", "organisation", "person", "role", "scopes", "expires")
    showing.table(headings, [_cells(key) for key in found])


def _cells(key: Any) -> list[Any]:
    said = [getattr(key, name) for name in _SHOWN]
    return [" ".join(value) if isinstance(value, tuple) else value for value in said]
