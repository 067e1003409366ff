"""After a restore: what was published before, and which records are no longer here."""

import json
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from svx_ledger.domain.book import Book
from svx_ledger.domain.book.published import epoch_of
from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.proofs.checks.receipt import verify_receipt_of
from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.finding import Refused, not_canonical
from svx_ledger.proofs.notes.checkpoint import Checkpoint, parse_checkpoint
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.publishing.outside.mark import Mark, checkpoint_in
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import newest_state
from svx_ledger.publishing.state.opening import mark_path, open_state

from .guard import KnownHead
from .own_stream import Log

Fate = Literal["kept", "lost", "not-proven"]


class Acknowledged(NamedTuple):
    """A command of which somebody has a receipt, and what became of its record.

    `why` says what is wrong with a receipt that proves nothing.
    """

    receipt: str
    fate: Fate
    position: int | None = None
    command_id: str | None = None
    command: str | None = None
    type: str | None = None
    recorded_at: str | None = None
    why: str | None = None


def known_here(url: str, mark: str | None) -> list[KnownHead]:
    """Return the newest checkpoints that this machine has: the mark's, and the state's.

    Raises NotPublished.
    """
    path = mark_path(url, mark)
    note = Mark(path).read() if path else None
    known = [KnownHead(str(path), checkpoint_in(note, str(path)))] if note else []
    database = open_state(url)
    try:
        newest = newest_state(database)
        signed = newest.newest_signed() if newest is not None else None
    finally:
        database.close()
    if signed is not None:
        known.append(KnownHead("the state", parse_checkpoint(signed.body.decode())))
    return known


def assert_newest(checkpoint: Checkpoint, book: Book, known: Iterable[KnownHead]) -> None:
    """Raise NotPublished where a newer checkpoint is known, or another one of its size."""
    given = (epoch_of(book.first_origin, checkpoint.origin) or 0, checkpoint.size)
    for where, other in known:
        newest = (epoch_of(book.first_origin, other.origin) or 0, other.size)
        if newest > given:
            raise NotPublished(
                f"{where} knows {other.size} records of {other.origin}: give that checkpoint"
            )
        if newest == given and other.root != checkpoint.root:
            raise NotPublished(
                f"{where} knows another root of these {other.size} leaves: the log was signed "
                "twice over; keep both checkpoints, and find out who did"
            )


def holds_all(rows: Iterable[Row], checkpoint: Checkpoint) -> bool:
    """Whether these records, the log's first, are all that the checkpoint is of."""
    tree = CompactRange()
    tree.extend(leaf_of(row.record) for row in rows)
    return (tree.size, tree.root()) == (checkpoint.size, checkpoint.root)


def fates(
    log: Log, receipts: Iterable[tuple[str, bytes]], policy: Policy
) -> Iterator[Acknowledged]:
    """Say of each receipt whether its record is still what the log has at its position."""
    for name, data in receipts:
        try:
            verified = verify_receipt_of(data, policy)
            record = parse_receipt(data).extra
            assert record is not None
            command_id, command = _command_of(record)
        except Refused as refused:
            yield Acknowledged(name, "not-proven", why=str(refused.finding))
            continue
        [*found] = log.rows(verified.index, 1)
        kept = any(row.record == record for row in found)
        yield Acknowledged(
            receipt=name,
            fate="kept" if kept else "lost",
            position=verified.record.position,
            command_id=command_id,
            command=command,
            type=verified.record.type,
            recorded_at=verified.record.recorded_at,
        )


def _command_of(record: bytes) -> tuple[str, str]:
    """Return id and type of the command that a record names; any log may be believed here.

    Raises Refused (SVX301): a signed record is canonical, and still may name none.
    """
    command = json.loads(record)["command"]
    if isinstance(command, dict):
        named = command.get("id"), command.get("type")
        if isinstance(named[0], str) and isinstance(named[1], str):
            return named[0], named[1]
    raise not_canonical("a record that names no command by id and type")
