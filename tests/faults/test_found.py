"""The smallest form of each fault of the program that the loops brought to light."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from unittest.mock import Mock

import pytest

from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.postgres_wire import Wire
from svx_ledger.eventlog.private_fields import PrivateRow
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import (
    ClaimRow,
    Locked,
    NotRead,
    NotWritten,
    OutcomeRow,
    OutcomeUnknown,
    Store,
    UnsafeStore,
    Writer,
)
from svx_ledger.ledger import (
    ClockRefused,
    CommandFailed,
    Ledger,
    Refusal,
    Sequenced,
    Stopped,
    SystemClock,
)
from tests.world import OPERATOR, begin, registration

from .proxy import Loss, proxy
from .sharing import POISONS, Poisoned

Step = Exception | Callable[[], object]


@dataclass
class Script:
    """What happens next, in order, in a method of the writer or in the read of rows."""

    begin: list[Step] = field(default_factory=list)
    append: list[Step] = field(default_factory=list)
    appended: list[Step] = field(default_factory=list)
    """Once the commit has happened."""
    rows: list[Step] = field(default_factory=list)

    def play(self, part: str) -> None:
        """Take the next step of a part: raise it, or call it."""
        steps: list[Step] = getattr(self, part)
        if steps:
            step = steps.pop(0)
            if isinstance(step, Exception):
                raise step
            step()


class ScriptedWriter:
    """A writer that fails by a script."""

    def __init__(self, writer: Writer, script: Script) -> None:
        self._writer = writer
        self._script = script

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    def begin(
        self,
        ids: Sequence[tuple[str, str]],
        keys: Sequence[str],
        versions: Mapping[str, int],
        known: int,
    ) -> Locked:
        self._script.play("begin")
        return self._writer.begin(ids, keys, versions, known)

    def append(
        self,
        rows: Sequence[Row],
        outcomes: Sequence[OutcomeRow],
        claims: Sequence[ClaimRow],
        *,
        private: Sequence[PrivateRow] = (),
        erased: Sequence[str] = (),
    ) -> None:
        try:
            self._script.play("append")
        except NotWritten:
            self._writer.abandon()
            raise
        self._writer.append(rows, outcomes, claims, private=private, erased=erased)
        self._script.play("appended")


class ScriptedStore:
    """A store that fails by a script."""

    def __init__(self, store: Store, script: Script) -> None:
        self._store = store
        self._script = script

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def writer(self) -> Any:
        return ScriptedWriter(self._store.writer(), self._script)

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        self._script.play("rows")
        return self._store.rows(after, limit)


LOST = OutcomeUnknown("the reply was lost", settled_by_lock=True)
BROKEN_DISK = OutcomeUnknown("the disk failed")


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def ledger(tmp_path: Path, script: Script) -> Iterator[Ledger]:
    """A ledger whose store fails by the script; one event is on it."""
    with closing(open_store(f"sqlite:///{tmp_path / 'ledger.db'}")) as store:
        store.create()
        scripted: Any = ScriptedStore(store, script)
        with Ledger(scripted) as ledger:
            begin(ledger)
            yield ledger


def in_one_batch(ledger: Ledger, script: Script, *asked: tuple[str, Command]) -> list[object]:
    """What becomes of commands (id, command) that the sequencer takes together.

    It is held at an earlier command until all of these wait for it.
    """
    held, released = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        released.wait(5)

    script.begin.insert(0, hold)

    def give(asked: tuple[str, Command]) -> object:
        try:
            return ledger.execute(asked[1], OPERATOR, asked[0])
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is looked at
            return failure

    with ThreadPoolExecutor(len(asked) + 1) as callers:
        first = callers.submit(give, ("held", registration("organisation-held")))
        assert held.wait(5)
        answers = []
        for waiting, one in enumerate(asked, start=1):
            answers.append(callers.submit(give, one))
            while len(ledger._sequencer._lanes._callers) < waiting:
                sleep(0.001)
        released.set()
        assert isinstance(first.result(), Sequenced)
        return [answer.result() for answer in answers]


def registrations(count: int) -> list[tuple[str, Command]]:
    """Commands that nothing speaks against."""
    return [(f"id-{n}", registration(f"organisation-000{n}")) for n in range(count)]


def test_a_lost_reply_on_postgres_is_settled_by_the_lock(
    postgres_server: Any, postgres_url: str
) -> None:
    with proxy(postgres_server.home) as line:
        database = postgres_url.partition("@/")[2].partition("?")[0]
        with closing(open_store(postgres_url)) as direct:
            direct.create()
        with closing(open_store(line.url(database))) as store, Ledger(store) as ledger:
            begin(ledger)
            line.loss = Loss.REPLY
            timer = threading.Timer(0.2, setattr, (line, "loss", Loss.NOTHING))
            timer.start()
            answer = ledger.execute(registration("organisation-0001"), OPERATOR, "lost")
            timer.join()

            assert isinstance(answer, Sequenced)
            assert answer.first_position == store.head().position == 2


def test_the_farewell_of_an_ending_server_takes_no_commit_back() -> None:
    wire = Wire.__new__(Wire)
    wire.notices = 0

    for sqlstate in ("57P02", "57P01", "01000"):
        notice: Any = Mock(error_field=lambda _, sqlstate=sqlstate: sqlstate.encode())
        wire._noticed(notice)
    assert wire.notices == 1  # the last may say that a standby has not got it


def test_what_cannot_be_read_back_is_unknown(ledger: Ledger, script: Script) -> None:
    first = ledger.execute(registration("organisation-0001"), OPERATOR, "known")
    script.rows.append(NotRead("no answer in time"))

    with pytest.raises(OutcomeUnknown, match="read back"):
        ledger.execute(registration("organisation-0001"), OPERATOR, "known")
    assert ledger.execute(registration("organisation-0001"), OPERATOR, "known") == first


def test_reading_back_does_not_outlast_the_call(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.execute(registration("organisation-0001"), OPERATOR, "known")
    silent = threading.Event()
    monkeypatch.setattr("svx_ledger.ledger.forming.MAX_SECONDS", 0.3)
    monkeypatch.setattr(ledger, "recorded", lambda *_: silent.wait(5))
    began = monotonic()

    with pytest.raises(OutcomeUnknown):
        ledger.execute(registration("organisation-0001"), OPERATOR, "known")
    assert monotonic() - began < 2
    silent.set()


@pytest.mark.parametrize("where", POISONS)
def test_a_poisoned_command_fails_alone_wherever_it_fails(
    ledger: Ledger, script: Script, where: str
) -> None:
    poisoned = Poisoned(organisation_id="organisation-0bad", where=where)

    failed, *others = in_one_batch(ledger, script, ("bad", poisoned), *registrations(4))

    assert isinstance(failed, CommandFailed)
    assert all(isinstance(answer, Sequenced) for answer in others), others


def test_after_a_broken_disk_not_one_more_command_is_tried(
    ledger: Ledger, script: Script
) -> None:
    def full_then_broken() -> None:
        script.appended.append(BROKEN_DISK)
        raise NotWritten("full")

    script.append += [lambda: None, full_then_broken]  # the command held, then the batch

    first, *others = in_one_batch(ledger, script, *registrations(4))

    assert isinstance(first, OutcomeUnknown)
    assert all(isinstance(answer, Stopped) for answer in others), others
    assert ledger.store.head().position == 3


def test_a_store_that_is_away_at_the_first_command_is_waited_for(
    tmp_path: Path, script: Script
) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'ledger.db'}")) as store:
        store.create()
        with Ledger(store) as earlier:
            begin(earlier)
        scripted: Any = ScriptedStore(store, script)
        with Ledger(scripted) as ledger:
            script.rows += [NotRead("away"), NotRead("away")]
            with pytest.raises(NotWritten):
                ledger.execute(registration("organisation-0001"), OPERATOR)

            answer = ledger.execute(registration("organisation-0001"), OPERATOR)
            assert isinstance(answer, Sequenced)


def test_a_lost_reply_tells_nobody_of_another_ones_command(
    ledger: Ledger, script: Script
) -> None:
    script.appended += [lambda: None, LOST]
    (_, one), (_, other) = registrations(2)

    first, second = in_one_batch(ledger, script, ("same", one), ("same", other))

    assert isinstance(first, Sequenced)
    assert isinstance(second, Refusal)
    assert second.rule.name == "command-id-reused"


def test_a_task_whose_reply_was_lost_is_told_what_was_stored(
    ledger: Ledger, script: Script
) -> None:
    script.appended.append(LOST)

    answer = asyncio.run(ledger.submit(registration("organisation-0001"), OPERATOR, "lost"))

    assert isinstance(answer, Sequenced)
    assert answer.first_position == ledger.store.head().position == 2


def test_a_store_that_turns_out_unsafe_after_a_lost_reply_stops_the_writing(
    ledger: Ledger, script: Script
) -> None:
    def lose_and_change() -> None:
        script.begin.append(UnsafeStore("fsync is off; set fsync = on"))
        raise LOST

    script.appended.append(lose_and_change)

    with pytest.raises(OutcomeUnknown):
        ledger.execute(registration("organisation-0001"), OPERATOR)
    with pytest.raises(Stopped, match="fsync"):
        ledger.execute(registration("organisation-0002"), OPERATOR)


def test_the_ticker_hides_no_skew() -> None:
    clock = SystemClock()
    asked_at = clock.wall()
    clock.now(asked_at + timedelta(seconds=2), asked_at)
    clock.wall()  # which is what the ticker asks, from its own thread

    with pytest.raises(ClockRefused, match="server"):
        clock.check(None, None)


def test_the_ticker_outlives_a_command_that_failed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticked_again = threading.Event()

    def tick() -> int:
        monkeypatch.setattr(ledger.ticker, "tick", ticked_again.set)
        raise CommandFailed

    monkeypatch.setattr("svx_ledger.ledger.ticker.RETRY", timedelta(0))
    monkeypatch.setattr("svx_ledger.ledger.ticker.POLL_SECONDS", 0)
    monkeypatch.setattr(ledger.ticker, "tick", tick)
    ledger.ticker.start()

    assert ticked_again.wait(5)
