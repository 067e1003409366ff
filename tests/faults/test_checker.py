"""The checker finds what it is there to find: each kind of lie, told on purpose."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger

from .checker import check
from .crowd import ask
from .history import Call, CallLog, Contents, call, contents, read_calls
from .places import SQLitePlace, reopened

COUNT = 20

Told = tuple[list[Call], Contents, int]
"""True calls of one caller on a ledger, all of its rows, and what was there before."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A history to tell lies about."""
    place = SQLitePlace(tmp_path_factory.mktemp("ledgers"))
    url = place.fresh()
    with reopened(url) as ledger:
        calls = [call(ledger, ask(place.world, 0, 1, n)) for n in range(1, COUNT + 1)]
    return calls, contents(url), place.known


@pytest.fixture
def calls(told: Told) -> list[Call]:
    return list(told[0])


@pytest.fixture
def store(told: Told) -> Contents:
    rows, outcomes, claims = told[1]
    return Contents(list(rows), list(outcomes), list(claims))


def kinds(calls: list[Call], store: Contents, told: Told) -> set[str]:
    return {finding.kind for finding in check(calls, store, known=told[2])}


def test_a_true_history_is_clean(calls: list[Call], store: Contents, told: Told) -> None:
    assert check(calls, store, known=told[2]) == []
    assert {c.said for c in calls} == {"sequenced", "refused"}
    assert len(store.rows) > told[2]


def test_a_missing_event_is_lost(calls: list[Call], store: Contents, told: Told) -> None:
    store.rows.pop()

    assert "lost" in kinds(calls, store, told)


def test_another_position_than_told_is_lost(
    calls: list[Call], store: Contents, told: Told
) -> None:
    calls[0] = replace(calls[0], first_position=1)

    assert "lost" in kinds(calls, store, told)


def test_other_facts_than_told_are_lost(calls: list[Call], store: Contents, told: Told) -> None:
    calls[0] = replace(calls[0], facts="0" * 64)

    assert "lost" in kinds(calls, store, told)


@pytest.mark.parametrize("said", ["not-written", "failed"])
def test_what_was_called_not_written_is_not_there(
    calls: list[Call], store: Contents, told: Told, said: str
) -> None:
    calls[0] = replace(calls[0], said=said)  # type: ignore[arg-type]

    assert kinds(calls, store, told) == {"broken"}


@pytest.mark.parametrize("said", ["unknown", "nothing"])
def test_an_unknown_one_may_be_there_or_not(
    calls: list[Call], store: Contents, told: Told, said: str
) -> None:
    there = replace(calls[0], said=said)  # type: ignore[arg-type]
    absent = replace(there, command_id="never stored")

    assert kinds([*calls[1:], there, absent], store, told) == set()


def test_a_refusal_of_what_was_written_is_false(
    calls: list[Call], store: Contents, told: Told
) -> None:
    calls[0] = replace(calls[0], said="refused", detail="identifier-taken")

    assert "false refusal" in kinds(calls, store, told)


def test_a_refusal_without_reason_is_false(
    calls: list[Call], store: Contents, told: Told
) -> None:
    refused = next(n for n, c in enumerate(calls) if c.said == "refused")
    calls[refused] = replace(calls[refused], rightly_refused=())

    assert kinds(calls, store, told) == {"false refusal"}


def test_a_forgotten_refusal_is_found(calls: list[Call], store: Contents, told: Told) -> None:
    store.outcomes[:] = [row for row in store.outcomes if row.refusal is None]

    assert kinds(calls, store, told) == {"broken"}


def test_an_event_that_nobody_asked_for_is_found(
    calls: list[Call], store: Contents, told: Told
) -> None:
    assert kinds(calls[1:], store, told) == {"broken"}


def test_an_order_against_real_time_is_found(
    calls: list[Call], store: Contents, told: Told
) -> None:
    last = max(c.answered_at or 0 for c in calls)
    calls[0] = replace(calls[0], invoked_at=last + 1, answered_at=last + 2)

    assert kinds(calls, store, told) == {"broken"}


def test_a_call_without_an_end_is_found(calls: list[Call], store: Contents, told: Told) -> None:
    calls[0] = replace(calls[0], answered_at=calls[0].invoked_at + 6)

    assert "broken" in kinds(calls, store, told)


def test_an_unpromised_end_is_found(calls: list[Call], store: Contents, told: Told) -> None:
    odd = replace(calls[0], command_id="odd", said="other", detail="KeyError")

    assert kinds([*calls, odd], store, told) == {"broken"}


@pytest.mark.parametrize("table", ["outcomes", "claims"])
def test_a_missing_row_beside_the_log_is_found(
    calls: list[Call], store: Contents, told: Told, table: str
) -> None:
    getattr(store, table).pop()

    assert kinds(calls, store, told) != set()


@pytest.mark.parametrize(
    "change", [{"recorded_at": "2020-01-01T00:00:00.000000Z"}, {"prev": "0" * 64}]
)
def test_a_changed_record_is_found(
    calls: list[Call], store: Contents, told: Told, change: dict[str, str]
) -> None:
    row = store.rows[-3]
    plain = json.loads(row.record) | change
    store.rows[-3] = row._replace(record=json.dumps(plain).encode())

    assert kinds(calls, store, told) >= {"broken"}


def test_a_bid_that_does_not_beat_the_standing_one_is_found(
    calls: list[Call], store: Contents, told: Told
) -> None:
    index = max(n for n, row in enumerate(store.rows) if row.type == "bid-accepted.v1")
    plain = json.loads(store.rows[index].record)
    plain["data"]["value_pence"] = 1
    store.rows[index] = store.rows[index]._replace(record=json.dumps(plain).encode())

    found = check(calls, store, known=told[2])
    assert any("standing bid" in finding.text for finding in found)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that refuses everything: it was never opened."""
    with closing(open_store(f"sqlite:///{tmp_path / 'empty.db'}")) as store:
        store.create()
        with Ledger(store) as ledger:
            yield ledger


def test_a_call_that_was_never_answered_is_read_back_as_such(
    tmp_path: Path, empty: Ledger, told: Told
) -> None:
    del told
    place = SQLitePlace(tmp_path)
    log = CallLog(tmp_path / "calls")
    answered = log.call(empty, ask(place.world, 0, 1, 3))
    before = replace(answered, said="nothing", answered_at=None, command_id="open", detail="")
    log._write(replace(before, invoked_at=monotonic()))
    log.close()

    first, second = read_calls(tmp_path / "calls")
    assert (first, first.detail) == (answered, "ledger-not-open")
    assert (second.said, second.command_id) == ("nothing", "open")
