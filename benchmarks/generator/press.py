"""Onto a ledger: one command after another, each at its own simulated time.

`ThroughLedger` gives every command to a `Ledger` and waits for its answer. `Direct` decides by
the same `Batch`, encodes by the same codec and appends through the same writer, but many
commands to one commit and none of the waiting: the records are the same, byte for byte.
"""

from collections import defaultdict
from collections.abc import Container
from concurrent.futures import Future
from datetime import datetime
from random import Random
from typing import Protocol

from svx_ledger.eventlog.private_fields import PrivateRow
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow, Store
from svx_ledger.ledger import Answer, Ledger, SimulatedClock
from svx_ledger.ledger.batch import Batch, Genesis, Surroundings
from svx_ledger.ledger.cache import ABSENT, Entry
from svx_ledger.ledger.forming import formed
from svx_ledger.ledger.submission import Result, Submission

from .competing import Cast
from .stories import START
from .telling import Turn

ROWS_AT_ONCE = 4_000


class Press(Protocol):
    """What a history is written by."""

    def give(self, number: int, turn: Turn) -> Answer:
        """Give a command, under an id that follows from its number."""

    def forget(self, cast: Cast) -> None:
        """Let go of what only one procurement was about."""

    def close(self) -> None:
        """Write what is left."""


class Salts:
    """Salts from a seed: the same bytes in every run."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"salts {seed}")

    def __call__(self) -> bytes:
        """Return 16 bytes."""
        return self._random.randbytes(16)


class ThroughLedger:
    """The whole path of every command, a commit each."""

    def __init__(self, store: Store, seed: int) -> None:
        self._clock = SimulatedClock(START)
        self._ledger = Ledger(store, clock=self._clock, salts=Salts(seed))

    def give(self, number: int, turn: Turn) -> Answer:
        """Wait for the time, give the command, wait for the answer."""
        self._clock.advance_to(max(turn.at, self._clock.wall()))
        return self._ledger.execute(turn.command, turn.actor, f"g{number:012d}")

    def forget(self, cast: Cast) -> None:
        """Do nothing: the ledger's cache is bounded."""

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()


class _All(Container[str]):
    """Every key: here the holder of each is known."""

    def __contains__(self, key: object) -> bool:
        return True


class Direct:
    """The ledger's own deciding and encoding, with everything it needs kept in memory."""

    def __init__(self, store: Store, seed: int) -> None:
        self._writer = store.writer()
        self._nobody: Future[Result] = Future()
        self._salts = Salts(seed)
        self._position = store.head().position
        if self._position:
            raise SystemExit(
                "There is a history here already: give the address of an empty one."
            )
        self._now = START
        self._last: datetime | None = None
        self._genesis: Genesis | None = None
        self._entries: dict[str, Entry] = {}
        self._holders: dict[str, str] = {}
        self._keys: defaultdict[str, list[str]] = defaultdict(list)
        self._rows: list[Row] = []
        self._outcomes: list[OutcomeRow] = []
        self._claims: list[ClaimRow] = []
        self._private: list[PrivateRow] = []
        self._erased: list[str] = []

    def give(self, number: int, turn: Turn) -> Answer:
        """Decide a command; its rows wait for company."""
        self._now = max(self._now, turn.at)
        submission = formed(turn.command, turn.actor, f"g{number:012d}", future=self._nobody)
        if not isinstance(submission, Submission):
            return submission
        batch = Batch(
            Surroundings(
                position=self._position,
                last=self._last,
                clock_at=self._now,
                genesis=self._genesis,
                outcomes={},
                holders=self._holders,
                keys=_All(),  # type: ignore[arg-type]  # only asked what is in it
                find=self._find,
                salts=self._salts,
            )
        )
        answer = batch.answer(submission)
        assert not isinstance(answer, OutcomeRow), "each command has an id of its own"
        self._take(batch)
        return answer

    def forget(self, cast: Cast) -> None:
        """Drop the states of one procurement, and the keys that nobody will ask for."""
        for stream in cast.streams():
            self._entries.pop(stream, None)
            for key in self._keys.pop(stream, ()):
                self._holders.pop(key, None)

    def close(self) -> None:
        """Write what is left."""
        self._write()
        self._writer.close()

    def _find(self, stream: str) -> Entry:
        return self._entries.get(stream) or ABSENT

    def _take(self, batch: Batch) -> None:
        added = batch.added
        self._rows += added.rows
        self._outcomes += batch.outcomes
        self._claims += added.claims
        self._private += added.apart.private
        self._erased += added.apart.erased
        self._entries |= added.entries
        for key, holder in added.holders.items():
            if holder is None:
                self._holders.pop(key, None)
            else:
                self._holders[key] = holder
                self._keys[holder].append(key)
        if added.rows:
            self._position = added.rows[-1].position
            self._last, self._genesis = batch.last, batch.genesis
        if len(self._rows) >= ROWS_AT_ONCE:
            self._write()

    def _write(self) -> None:
        if self._outcomes:
            self._writer.begin((), (), {}, 0)
            self._writer.append(
                self._rows,
                self._outcomes,
                self._claims,
                private=self._private,
                erased=self._erased,
            )
        self._rows, self._outcomes, self._claims = [], [], []
        self._private, self._erased = [], []
