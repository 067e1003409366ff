"""Generated histories: the same for the same seed, by either path, and within every law."""

from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.generator.press import Direct, Press, ThroughLedger
from benchmarks.generator.stories import History

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from tests.faults.history import contents

from .checker import Checker

EVENTS = 2_500


def generated(url: str, *, seed: int, press: type[Direct | ThroughLedger] = Direct) -> History:
    """Write a short history onto an empty store."""
    with closing(open_store(url)) as store:
        store.create()
        writing: Press = press(store, seed)
        history = History(EVENTS, seed)
        for _ in history.play(writing.give, writing.forget):
            pass
        writing.close()
    return history


def rows_of(url: str) -> list[Row]:
    """Everything that is stored."""
    with closing(open_store(url)) as store:
        return list(store.rows())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, History]:
    """A history by the short path, and where it is."""
    url = f"sqlite:///{tmp_path_factory.mktemp('generated') / 'first.db'}"
    return url, generated(url, seed=1)


def test_a_history_has_as_many_events_as_asked_for_and_nothing_is_refused(
    first: tuple[str, History],
) -> None:
    url, history = first

    assert EVENTS <= len(rows_of(url)) == history.written < EVENTS + 500
    assert not history.refused


def test_the_whole_write_path_leaves_the_same_bytes(
    first: tuple[str, History], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    generated(url, seed=1, press=ThroughLedger)

    one, other = contents(first[0]), contents(url)
    assert one.rows == other.rows
    assert sorted(one.outcomes) == sorted(other.outcomes)
    assert sorted(one.claims, key=str) == sorted(other.claims, key=str)


def test_postgresql_has_the_same_bytes(first: tuple[str, History], postgres_url: str) -> None:
    generated(postgres_url, seed=1)

    assert rows_of(first[0]) == rows_of(postgres_url)


def test_another_seed_is_another_history(first: tuple[str, History], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    generated(url, seed=2)

    assert rows_of(first[0]) != rows_of(url)


def test_a_generated_history_keeps_every_law(first: tuple[str, History]) -> None:
    checker = Checker()
    for row in rows_of(first[0]):
        checker.feed(row)
