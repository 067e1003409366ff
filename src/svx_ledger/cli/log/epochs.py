"""`epoch`: going on after a restore that lost what was published, and what was lost of it."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import Unwell
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import add
from svx_ledger.cli.verify.asked import Keys, PolicyFile, read_file, trusted_by

from .keeping import keep_and_give, log_keys, show_added
from .last_checkpoint import known_keys, opened

if TYPE_CHECKING:
    from svx_ledger.domain.book import Book
    from svx_ledger.proofs.notes.checkpoint import Checkpoint
    from svx_ledger.proofs.notes.policy import Policy
    from svx_ledger.publishing.keys.log_keys import LogKeys

CheckpointFile = Annotated[
    Path,
    typer.Option("--checkpoint", metavar="FILE", help="The newest that was published."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; names nobody.")]
Receipts = Annotated[
    list[Path], typer.Argument(metavar="RECEIPT", help="Files that people got, *.tlog-proof.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="A file, not standard output.")
]
_SHOWN: Final = ("fate", "position", "recorded_at", "command_id", "command", "type", "receipt")


def add_verbs(group: typer.Typer) -> None:
    """Add the verbs of `epoch`."""
    add(group, "start", start)
    add(group, "receipt", receipt)
    add(group, "lost", lost)


def start(
    session: Session,
    *,
    checkpoint: CheckpointFile,
    reason: Reason,
    key: Keys = None,
) -> None:
    """Go on from a restored copy: under another origin, with a new key for it.

    Give the newest checkpoint that was published before: from the mark, the public folder or a
    witness. It is checked with the keys that are on record or here, or with --key.
    """
    from svx_ledger.domain.book import StartEpoch
    from svx_ledger.domain.book.published import as_recorded, epoch_of, origin_of
    from svx_ledger.proofs.notes.note import NOTE_BYTES

    keys = log_keys(session)
    note = read_file(checkpoint, NOTE_BYTES)
    last, lines, verified = opened(checkpoint, note, keys, key or ())
    published = epoch_of(keys.book.first_origin, last.origin)
    if published is None:
        raise Usage(f"{checkpoint} is of {last.origin}, and this is {keys.book.origin}.")
    _unless_needless(session, keys.book, last)
    new, _ = keys.for_origin(origin_of(keys.book.first_origin, published + 1))
    command = StartEpoch(
        ledger_id=keys.ledger_id,
        epoch=published + 1,
        checkpoint=as_recorded(lines, verified),
        verifier_key=new.verifier.text,
        reason=reason,
    )
    # What is written stays for ever, so these lines are opened, and not only those given.
    composed = "".join(f"{line}\n" for line in command.checkpoint).encode()
    opened(checkpoint, composed, keys, key or ())
    position = keep_and_give(session, keys, new, command, restored=True)
    show_added(session, keys, new, position)
    if left := len(lines) - len(command.checkpoint):
        say(
            f"{left} of its signatures are not in the record, which has room for twenty, and "
            f"for none in the log's name that no known key made: keep {checkpoint}.",
            err=True,
        )
    say(
        f"The log is {new.name} from here on. Hand its key to those who check it, and, once "
        f"position {position} is published, its receipt, `svx-ledger epoch receipt`: with that "
        "they see what is gone, `svx-ledger verify epoch`. Find with `svx-ledger epoch lost` "
        "which commands were acknowledged and are gone.",
        err=True,
    )


def receipt(session: Session, *, out: Out = None) -> None:
    """Print the receipt of the record with which the present epoch began, for everybody.

    It is what verify epoch takes as --started. The record is public, and so is its receipt.
    """
    from svx_ledger.publishing.composing import policy_named
    from svx_ledger.publishing.standing import Standings
    from svx_ledger.publishing.state.opening import open_state

    settings = session.settings
    policy = policy_named(settings.policy)
    with session.store() as store, closing(open_state(settings.ledger)) as state:
        standings = Standings(store, state, policy)
        own = standings.own()
        if own.now is None or own.now.epoch == 1:
            raise Usage("This log never went on under another name: no record began an epoch.")
        (row,) = store.rows(after=own.since - 1, limit=1)
        found = standings.receipt(row)
    if found is None:
        raise Usage(
            f"Position {row.position} is not published yet, or too few witnesses saw it: "
            "`svx-ledger publish` first."
        )
    data = found.data()
    if out is not None:
        out.write_bytes(data)
    elif session.json:
        showing.line({"position": row.position, "receipt": data.decode()})
    else:
        say(data.decode().removesuffix("\n"))


def lost(
    session: Session, receipts: Receipts, *, key: Keys = None, policy: PolicyFile = None
) -> None:
    """Say of receipts that people hold which commands are no longer on record.

    Receipts are checked with the keys that are on record or here, or with --key or --policy.
    Ends with 3 where a receipt proves nothing.
    """
    from svx_ledger.proofs.files.receipt import RECEIPT_BYTES
    from svx_ledger.proofs.telling.log import shown
    from svx_ledger.publishing.restoring import fates

    trusted = trusted_by(key, policy) if key or policy else _by_keys_known(log_keys(session))
    given = ((str(file), read_file(file, RECEIPT_BYTES)) for file in receipts)
    with session.store() as store:
        found = sorted(fates(store, given, trusted), key=lambda one: one.position or 0)
    if session.json:
        for one in found:
            showing.line(one._asdict())
    else:
        proven = [one for one in found if one.why is None]
        rows = [[shown(str(getattr(one, name))) for name in _SHOWN] for one in proven]
        showing.table([name.replace("_", " ") for name in _SHOWN], rows)
        gone = sum(one.fate == "lost" for one in proven)
        say(f"{gone} of {len(proven)} are lost: give their commands again.", err=True)
    unproven = [one for one in found if one.why is not None]
    for one in unproven:
        if not session.json:
            say(shown(f"{one.receipt}: {one.why}"), err=True)
    if unproven:
        raise Unwell


def _by_keys_known(keys: "LogKeys") -> "Policy":
    from svx_ledger.proofs.notes.policy import policy_of_keys

    if not keys.listed:
        raise Usage("No key of this log is known here: say whom you trust, --key or --policy.")
    return policy_of_keys(known_keys(keys))


def _unless_needless(session: Session, book: "Book", last: "Checkpoint") -> None:
    """Refuse a checkpoint that is not the newest known, or that lost nothing."""
    from svx_ledger.publishing.restoring import assert_newest, holds_all, known_here

    settings = session.settings
    assert_newest(last, book, known_here(settings.ledger, settings.mark))
    with session.store() as store:
        complete = last.size <= store.head().position and holds_all(
            store.rows(limit=last.size), last
        )
    if complete and last.origin == book.origin:
        raise Usage(
            f"Nothing is lost: all {last.size} records that were published are here. "
            "Go on writing; an epoch is for a ledger that lacks some of them."
        )
