"""`key log`: the keys that sign the published log, made here and put on record."""

from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import not_found
from svx_ledger.cli.opening import LOCAL
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import add, add_default

from .keeping import keep_and_give, log_keys, show_added

if TYPE_CHECKING:
    from svx_ledger.publishing.keys.log_keys import ListedKey, LogKeys

VKey = Annotated[
    bool, typer.Option("--vkey", help="Only the verifier keys in force, for who checks.")
]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Its key id, or the verifier key.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; names nobody.")]


def add_verbs(group: typer.Typer) -> None:
    """Add the verbs of `key log`; without one it shows the keys."""
    add_default(group, show)
    add(group, "make", make)
    add(group, "show", show)
    add(group, "rotate", rotate)
    add(group, "revoke", revoke)


def make(session: Session) -> None:
    """Make the key that signs the published log, and put its public half on record.

    The private half goes into the key file first, then the key goes onto the ledger: whatever
    stops this, a repeat finishes it, and makes no second key.
    """
    keys = log_keys(session)
    if keys.in_force and not _waits(keys):
        _show_in_force(session, keys)
        return
    if keys.book.origin.startswith(LOCAL):
        say(
            f"The log is {keys.book.origin} for ever: fit for trying. One that others check is "
            "named at the beginning, `svx-ledger init --origin NAME`.",
            err=True,
        )
    _add(session, keys)


def rotate(session: Session) -> None:
    """Add a second key beside the one that signs: both sign until the first is revoked.

    Hand the new verifier key to those who check, and revoke the old one when they have it.
    """
    keys = log_keys(session)
    if not keys.in_force:
        raise Usage("No key is in force yet: make one with `svx-ledger key log make`.")
    if len(keys.in_force) > 1 and not _waits(keys):
        old = keys.in_force[0].key_id
        raise Usage(
            f"{len(keys.in_force)} keys sign already: revoke the older one before the next "
            f"change, `svx-ledger key log revoke {old} --reason TEXT`."
        )
    _add(session, keys)


def show(session: Session, *, vkey: VKey = False) -> None:
    """Show the keys of the published log: which are in force, and which are here."""
    keys = log_keys(session)
    if vkey:
        for key in keys.in_force:
            if session.json:
                showing.line({"verifier_key": key.verifier_key})
            else:
                say(key.verifier_key)
        return
    if session.json:
        for key in keys.listed:
            showing.line(key._asdict())
        return
    headings = ("key", "state", "added at", "ended at", "here", "verifier key")
    showing.table(headings, keys.listed)
    say(
        f"The log is {keys.book.origin}. Keys that are here: {keys.file or 'nowhere'}.",
        err=True,
    )


def revoke(session: Session, key: Key, *, reason: Reason) -> None:
    """Let a key no longer sign the published log.

    Its private half stays in the key file, where nothing uses it any more.
    """
    from svx_ledger.cli.commands.giving import give
    from svx_ledger.domain.book import RevokeLogKey

    keys = log_keys(session)
    found = [one for one in keys.in_force if key in (one.key_id, one.verifier_key)]
    if not found:
        raise not_found(log_key=key)
    if len(found) > 1:
        raise Usage(f"{len(found)} keys have the key id {key}: give the whole verifier key.")
    command = RevokeLogKey(
        ledger_id=keys.ledger_id, verifier_key=found[0].verifier_key, reason=reason
    )
    give(session, command)
    if len(keys.in_force) == 1:
        say("No key is in force any more: nothing is published until one is.", err=True)


def _waits(keys: "LogKeys") -> bool:
    """Whether a key is in the file that an earlier attempt did not put on record."""
    _, new = keys.for_origin(keys.book.origin)
    return not new


def _add(session: Session, keys: "LogKeys") -> None:
    from svx_ledger.domain.book import AddLogKey

    key, _ = keys.for_origin(keys.book.origin)
    command = AddLogKey(ledger_id=keys.ledger_id, verifier_key=key.verifier.text)
    show_added(session, keys, key, keep_and_give(session, keys, key, command))


def _show_in_force(session: Session, keys: "LogKeys") -> None:
    """Show the keys that there are: `make` has nothing to do, unless none of them is here."""
    here: list[ListedKey] = [key for key in keys.in_force if key.here]
    if not here:
        raise Usage(
            f"A key is in force whose private half is not in {keys.file or 'any file here'}: "
            "put it there, or add another with `svx-ledger key log rotate`."
        )
    for key in here:
        if session.json:
            told = {"verifier_key": key.verifier_key, "key_id": key.key_id}
            showing.line({**told, "position": key.added_at_position, "file": str(keys.file)})
        else:
            say(key.verifier_key)
