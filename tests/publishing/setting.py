"""What the tests of publishing have in common: logs of any length, and what they lead to.

The ledger's own records are real. The others are bytes that nobody decodes: publishing hashes
records and reads no more of them than their type.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from svx_ledger.domain.book import EpochStarted, LedgerOpened, LogKeyAdded, LogKeyRevoked
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import CommandRef, Row, leaf_of, write_record
from svx_ledger.eventlog.scalars import instant
from svx_ledger.eventlog.store import Store
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.keys.signing import KeysAtHand
from svx_ledger.publishing.lateness import recorded_on
from svx_ledger.publishing.outside.directory import Directory
from svx_ledger.publishing.outside.mark import Mark
from svx_ledger.publishing.outside.public_files import PublicFiles
from svx_ledger.publishing.places import Places
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.releasing import Releaser
from svx_ledger.publishing.signer import Signer
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.opening import open_state
from tests.proofs.rfc6962 import root

ORIGIN = "log.example/tests"
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def key_number(number: int, origin: str = ORIGIN) -> SigningKey:
    """A signing key that is the same in every run."""
    return SigningKey(origin, ED25519, bytes([number]) * 32)


KEY = key_number(1)


def records(
    length: int,
    closes: Sequence[int] = (),
    own: Mapping[int, Event] | None = None,
    at: Callable[[int], datetime] = lambda _: NOON,
) -> list[Row]:
    """A log: opened at position 1, signed with KEY from 2 on; `own` are further such records.

    At each position in `closes` an auction was closed. `at` says when each was recorded.
    """
    happened: dict[int, Event] = {
        1: LedgerOpened(origin=ORIGIN, epoch=1, format=1, hash="sha256", clock="real"),
        2: LogKeyAdded(verifier_key=KEY.verifier.text),
        **(own or {}),
    }
    rows: list[Row] = []
    version, prev = 0, None
    for position in range(1, length + 1):
        if position in happened:
            version += 1
            told = happened[position]
            rows.append(_own_record(position, version, told, prev=prev, at=at(position)))
            prev = leaf_of(rows[-1].record)
        else:
            kind = "auction-closed.v1" if position in closes else "bid-accepted.v1"
            said = {"is": kind, "position": position, "recorded_at": instant(at(position))}
            record = canonical(said)
            rows.append(Row(position, "auction-0", position - version, kind, record))
    return rows


def _own_record(
    position: int, version: int, event: Event, *, prev: bytes | None, at: datetime
) -> Row:
    return write_record(
        position=position,
        stream="ledger-tests",
        version=version,
        recorded_at=at,
        actor={"id": "person-op", "role": "operator"},
        command=CommandRef(id="a" * 16, type="Test", sha256="0" * 64, n=1, of=1),
        trace={},
        prev=prev,
        salt=bytes(16),
        event=event,
    )


def added(number: int) -> LogKeyAdded:
    """The addition of a key."""
    return LogKeyAdded(verifier_key=key_number(number).verifier.text)


def revoked(number: int) -> LogKeyRevoked:
    """The end of a key."""
    return LogKeyRevoked(verifier_key=key_number(number).verifier.text, reason="It leaked.")


def epoch_started(note: bytes, number: int = 9, epoch: int = 2) -> EpochStarted:
    """A new epoch after the one whose last checkpoint is this."""
    return EpochStarted(
        epoch=epoch,
        checkpoint=tuple(note.decode().removesuffix("\n").split("\n")),
        verifier_key=key_number(number, f"{ORIGIN}/{epoch}").verifier.text,
        reason="The disk was lost.",
    )


def append(store: Store, rows: Sequence[Row]) -> None:
    """Write records as the write path does, all of them in one commit."""
    with closing(store.writer()) as writer:
        writer.begin([], [], {}, known=0)
        writer.append(rows, [], [])


def naive_root(rows: Sequence[Row], size: int) -> bytes:
    """The root over the first records of a log."""
    return root(leaf_hash(entry_of(row.record)) for row in rows[:size])


def naive_note(
    rows: Sequence[Row], size: int, keys: Sequence[SigningKey] = (KEY,), origin: str = ORIGIN
) -> bytes:
    """The note of a size, as the log signs it."""
    return sign_checkpoint(Checkpoint(origin, size, naive_root(rows, size)), keys)


def naive_files(rows: Sequence[Row], size: int) -> dict[str, bytes]:
    """Every tile and entry bundle of a tree, by its name: computed from the records alone."""
    files = {}
    entries = [entry_of(row.record) for row in rows[:size]]
    for first in range(0, size, 256):
        some = entries[first : first + 256]
        packed = b"".join(len(one).to_bytes(2) + one for one in some)
        files[_name("entries", first // 256, len(some))] = packed
    level, hashes = 0, [leaf_hash(entry) for entry in entries]
    while hashes:
        for first in range(0, len(hashes), 256):
            part = hashes[first : first + 256]
            files[_name(str(level), first // 256, len(part))] = b"".join(part)
        full = len(hashes) // 256
        hashes = [root(hashes[256 * n : 256 * n + 256]) for n in range(full)]
        level += 1
    return files


def _name(level: str, number: int, width: int) -> str:
    assert number < 1_000
    return f"tile/{level}/{number:03}" + ("" if width == 256 else f".p/{width}")


def files_in(folder: Path) -> dict[str, bytes]:
    """Every published file by its name; the lock is not one."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where one ledger's log is published from, and to."""

    url: str
    folder: Path

    @property
    def published(self) -> Path:
        """The folder of the published log."""
        return self.folder / "published"

    @property
    def mark(self) -> Path:
        """The high-water mark."""
        return self.folder / "mark"

    @contextmanager
    def publisher(
        self,
        keys: Sequence[SigningKey] = (KEY,),
        quorum: Quorum | None = None,
        now: Callable[[], float] = lambda: 0.0,
    ) -> Iterator[Publisher]:
        """A publisher as a process that just started has it."""
        places = Places(Mark(self.mark), Directory(PublicFiles(self.published)), quorum)
        with closing(open_store(self.url)) as store, closing(open_state(self.url)) as database:
            at_hand = KeysAtHand(lambda: keys)
            releaser = Releaser(places, recorded_on(store), now)
            yield Publisher(Signer(store, database, at_hand, places), releaser)

    def publish(
        self, keys: Sequence[SigningKey] = (KEY,), quorum: Quorum | None = None
    ) -> list[int]:
        """Publish all there is; return the sizes that were integrated on the way."""
        with self.publisher(keys, quorum) as publisher:
            return list(publisher.once())

    @contextmanager
    def state(self, epoch: int = 1) -> Iterator[LogState]:
        """What the publisher keeps."""
        with closing(open_state(self.url)) as database:
            yield LogState(database, epoch)

    def notes(self, epoch: int = 1) -> dict[int, tuple[bytes | None, bytes | None]]:
        """Every checkpoint's two notes, by size."""
        with self.state(epoch) as state:
            sizes = state.database.read(
                "SELECT size FROM checkpoints WHERE epoch = ? ORDER BY size", (epoch,)
            )
            found = [state.checkpoint(size) for (size,) in sizes]
        return {one.size: (one.log_note, one.quorum_note) for one in found if one}

    def grow(self, rows: Sequence[Row]) -> None:
        """Append the records of a log that are not there yet; make the ledger first."""
        with closing(open_store(self.url)) as store:
            store.create()
            append(store, rows[store.head().position :])
