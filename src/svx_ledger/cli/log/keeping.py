"""A key of the published log: kept in the key file first, and then put on record."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from svx_ledger.cli import showing
from svx_ledger.cli.failing import Refused
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage

if TYPE_CHECKING:
    from pathlib import Path

    from svx_ledger.domain.kind import Command
    from svx_ledger.proofs.notes.keys import SigningKey
    from svx_ledger.publishing.keys.log_keys import LogKeys


def log_keys(session: Session) -> "LogKeys":
    """Read the ledger's keys, and those in the key file. Raises StoreError."""
    from svx_ledger.publishing.keys.log_keys import read_log_keys
    from svx_ledger.publishing.state.opening import key_path

    settings = session.settings
    with session.store() as store:
        return read_log_keys(store, key_path(settings.ledger, settings.log_key))


def keep_and_give(
    session: Session,
    keys: "LogKeys",
    key: "SigningKey",
    command: "Command",
    *,
    restored: bool = False,
) -> int:
    """Put a key into the key file, and only then give the command that names it.

    `restored` lets it onto a ledger that is behind what was published; nothing else is written
    there. Returns the position. Raises Refused, before anything is kept where the command would
    be refused now.
    """
    from svx_ledger.domain.kind import States
    from svx_ledger.domain.rule import Refusal
    from svx_ledger.publishing.keys.key_file import add_key

    actor, file = session.actor(), key_file(keys)
    decided = command.decide(States({keys.ledger_id: keys.book}), actor, datetime.now(UTC))
    if isinstance(decided, Refusal):
        raise Refused(decided)
    with session.ledger(restored=restored) as ledger:
        if key not in keys.at_hand:
            add_key(file, key)
        answer = ledger.execute(command, actor)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer.first_position


def key_file(keys: "LogKeys") -> "Path":
    """Return where private keys are kept. Raises Usage where nobody said where."""
    if keys.file is None:
        raise Usage("Say where the private key is kept: SVX_LOG_KEY, or log_key in svx.toml.")
    return keys.file


def show_added(session: Session, keys: "LogKeys", key: "SigningKey", position: int) -> None:
    """Show the verifier key that is on record now, and say where its private half is."""
    made = key.verifier
    if session.json:
        told = {"verifier_key": made.text, "key_id": made.key_id.hex(), "position": position}
        showing.line({**told, "file": str(keys.file)})
        return
    say(made.text)
    say(
        f"{position}  The private half is in {keys.file}: keep a copy where none else is.",
        err=True,
    )
