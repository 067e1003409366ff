"""Reading whole tables beside the log: every row once, page after page, on both stores."""

from contextlib import closing
from pathlib import Path

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.pages import PAGE_ROWS
from svx_ledger.eventlog.private_fields import PrivateRow
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow, Store

MANY = PAGE_ROWS + 5
OUTCOMES = [
    OutcomeRow(f"operator:/p{n % 3}", f"id-{n:05}", "0" * 64, n + 1, n + 1, None)
    for n in range(MANY)
]
CLAIMS = [
    ClaimRow(f"key:{n // 2:05}", n + 1, None if n % 2 else f"need-{n:05}") for n in range(MANY)
]
TEXTS = [
    PrivateRow(f"{n:064x}", f"award-{n:05}", 1, "content", bytes(32), b"fictional")
    for n in range(MANY)
]


def check(store: Store) -> None:
    store.create()
    with closing(store.writer()) as writer:
        writer.begin([], [], {}, 0)
        writer.append([], OUTCOMES, CLAIMS, private=TEXTS)

    assert sorted(store.outcomes(), key=str) == sorted(OUTCOMES, key=str)
    assert list(store.claims()) == CLAIMS
    assert list(store.claims("key:00500")) == [row for row in CLAIMS if row.key >= "key:00500"]
    assert list(store.privates()) == TEXTS


def check_lowest(store: Store) -> None:
    outcome = OutcomeRow("", "", "0" * 64, None, None, None)
    claim = ClaimRow("", -(2**63), None)
    text = PrivateRow("", "award-1", 1, "content", bytes(32), b"fictional")
    store.create()
    with closing(store.writer()) as writer:
        writer.begin([], [], {}, 0)
        writer.append([], [*OUTCOMES, outcome], [*CLAIMS, claim], private=[*TEXTS, text])

    assert list(store.outcomes()).count(outcome) == 1
    assert list(store.claims()) == [claim, *CLAIMS]
    assert list(store.privates()) == [text, *TEXTS]


def test_an_sqlite_file_gives_the_lowest_keys_that_there_can_be(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'lowest.db'}")) as store:
        check_lowest(store)


def test_postgresql_gives_the_lowest_keys_that_there_can_be(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store:
        check_lowest(store)


def test_an_sqlite_file_gives_every_row_once(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'tables.db'}")) as store:
        check(store)


def test_postgresql_gives_every_row_once(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store:
        check(store)


def test_an_empty_store_gives_none(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'empty.db'}")) as store:
        store.create()

        assert [*store.outcomes(), *store.claims(), *store.privates()] == []


def test_outcomes_that_share_a_part_of_their_key_are_all_there(tmp_path: Path) -> None:
    same_id = [
        row._replace(principal=f"operator:/p{n:05}", command_id="same")
        for n, row in enumerate(OUTCOMES)
    ]
    for number, rows in enumerate(
        [same_id, [row._replace(principal="same") for row in OUTCOMES]]
    ):
        with closing(open_store(f"sqlite:///{tmp_path / f'{number}.db'}")) as store:
            store.create()
            with closing(store.writer()) as writer:
                writer.begin([], [], {}, 0)
                writer.append([], rows, [])

            assert sorted(store.outcomes(), key=str) == sorted(rows, key=str)
