"""Two publishers of one ledger do double work and no harm, also where no lock parts them."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from time import monotonic, sleep
from typing import Any

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Forked, StoreError
from svx_ledger.publishing.keys.signing import KeysAtHand
from svx_ledger.publishing.lateness import recorded_on
from svx_ledger.publishing.outside.directory import Directory
from svx_ledger.publishing.outside.mark import Mark
from svx_ledger.publishing.outside.public_files import PublicFiles
from svx_ledger.publishing.places import Places
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.releasing import Releaser
from svx_ledger.publishing.signer import Signer
from svx_ledger.publishing.state.opening import open_state

from .setting import KEY, Desk, append, files_in, naive_files, naive_note, records

SIZES = (100, 120, 255, 256, 300, 301, 302, 420, 512, 600)
ROWS = records(SIZES[-1], closes=[110, 299, 500])
PATIENCE_SECONDS = 60.0


class Unlocked:
    """The state's database without the lock that lets one publisher work at a time."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        """Return what the database has."""
        return getattr(self._database, name)

    @contextmanager
    def alone(self, stage: str) -> Iterator[bool]:
        """Let everybody in."""
        del stage
        yield True


def publish_until_done(desk: Desk) -> None:
    """Publish step by step until all of the log is; as a program that fails and is repeated."""
    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as database:
        places = Places(Mark(desk.mark), Directory(PublicFiles(desk.published)))
        signer = Signer(store, Unlocked(database), KeysAtHand(lambda: [KEY]), places)
        publisher = Publisher(signer, Releaser(places, recorded_on(store)))
        until = monotonic() + PATIENCE_SECONDS
        while monotonic() < until:
            try:
                for _ in publisher.once():
                    pass
            except Forked:
                raise
            except StoreError:  # another was at it: the next step goes on
                pass
            released = publisher.report.released
            if released is not None and released.checkpoint.size == SIZES[-1]:
                return
    raise AssertionError("not in time")


def grow(desk: Desk) -> None:
    """Let the log grow while it is published."""
    with closing(open_store(desk.url)) as store:
        for before, size in pairwise(SIZES):
            append(store, ROWS[before:size])
            sleep(0.02)


def assert_published(desk: Desk) -> None:
    """Assert that there is one history, whole and signed."""
    files = files_in(desk.published)

    assert files["checkpoint"] == naive_note(ROWS, SIZES[-1])
    assert naive_files(ROWS, SIZES[-1]).items() <= files.items()
    assert desk.mark.read_bytes() == files["checkpoint"]
    assert desk.notes() == {size: (naive_note(ROWS, size),) * 2 for size in desk.notes()}
    assert {109, 110, 298, 299, 499, 500, SIZES[-1]} <= desk.notes().keys()


def test_threads_that_publish_at_once_end_with_one_history(desk: Desk) -> None:
    desk.grow(ROWS[: SIZES[0]])
    failures: list[BaseException] = []

    def run() -> None:
        try:
            publish_until_done(desk)
        except BaseException as failure:  # noqa: BLE001 - told to the test
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    grow(desk)
    for thread in threads:
        thread.join()

    assert failures == []
    assert_published(desk)


def test_processes_that_publish_at_once_end_with_one_history(desk: Desk) -> None:
    desk.grow(ROWS[: SIZES[0]])
    start = multiprocessing.get_context("spawn").Process
    processes = [start(target=publish_until_done, args=(desk,)) for _ in range(2)]
    for process in processes:
        process.start()
    grow(desk)
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    assert_published(desk)


def test_while_one_publishes_another_stands_by_and_serves_what_there_is(desk: Desk) -> None:
    desk.grow(ROWS[:300])
    desk.publish()
    desk.grow(ROWS[:302])
    with closing(open_state(desk.url)) as other, other.alone("sign") as mine:
        assert mine
        assert desk.publish() == []
        assert (desk.published / "checkpoint").read_bytes() == naive_note(ROWS, 300)

    assert desk.publish()[-1] == 302


@pytest.mark.parametrize("stage", ["sign", "release"])
def test_the_lock_is_one_publishers_and_free_again_once_it_is_done(
    desk: Desk, stage: Any
) -> None:
    desk.grow(ROWS[:10])
    desk.publish()
    with closing(open_state(desk.url)) as one, closing(open_state(desk.url)) as two:
        with one.alone(stage) as first, two.alone(stage) as second:
            assert (first, second) == (True, False)
        with two.alone(stage) as again:
            assert again
