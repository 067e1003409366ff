"""A store as it was: what was on record then, whatever came since."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.eventlog.as_it_was import AsItWas
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store, UnsafeStore
from tests.publishing.setting import append, records

ROWS = records(20, own={})


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'l.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    with closing(open_store(url)) as opened:
        opened.create()
        append(opened, ROWS)
        yield opened


@pytest.mark.parametrize("until", [1, 2, 7, 20])
def test_what_came_later_is_not_there(store: Store, until: int) -> None:
    then = AsItWas(store, until)

    assert list(then.rows()) == ROWS[:until]
    assert then.head() == (until, ROWS[until - 1].record)
    for stream in ("auction-0", "ledger-tests"):
        expected = [row for row in ROWS[:until] if row.stream == stream]
        assert list(then.stream(stream)) == expected
        assert list(then.stream(stream, after=1)) == expected[1:]


@pytest.mark.parametrize(
    ("after", "limit"), [(0, 3), (5, 1), (5, 10), (6, 1), (7, None), (19, 5)]
)
def test_a_part_of_it_ends_where_it_ended(store: Store, after: int, limit: int | None) -> None:
    stop = 7 if limit is None else min(7, after + limit)

    assert list(AsItWas(store, 7).rows(after, limit)) == ROWS[after:stop]


def test_rows_from_before_the_log_are_read_as_from_its_beginning(store: Store) -> None:
    assert list(AsItWas(store, 3).rows(after=-5)) == ROWS[:3]


def test_the_past_is_not_written_to(store: Store) -> None:
    then = AsItWas(store, 3)
    for act in (then.create, then.writer):
        with pytest.raises(UnsafeStore):
            act()
    then.close()

    assert store.head().position == 20
