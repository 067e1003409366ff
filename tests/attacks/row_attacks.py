"""Ways to alter the rows of a ledger, past its guards."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from svx_ledger.domain.erasing import EraseSubject
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock
from tests.world import OPERATOR

from .case import RECEIPT_OF, Case, Honest
from .honest import AUCTION, PRIVATE_STREAM, TEXT
from .raw import Records, changed, past_guards, replace_rows, rewritten

VICTIM = RECEIPT_OF
"""The position of a bid."""
UNPUBLISHED = "2026-03-02T15:00:00.000000Z"


def victim(_: Honest) -> int:
    """The leaf of the bid that is attacked."""
    return VICTIM - 1


def set_row(row: Row) -> Callable[[Case], None]:
    """Put a row in the place of the one at its position."""

    def do(case: Case) -> None:
        with past_guards(case.url) as run:
            run("DELETE FROM stored_events WHERE {position} = ?", row.position)
            run("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", *row)

    return do


def edit(case: Case) -> None:
    row = case.honest.rows[VICTIM - 1]
    data = json.loads(row.record)["data"]
    set_row(changed(row, data=data | {"value_pence": data["value_pence"] + 1}))(case)


def flip(case: Case) -> None:
    row = case.honest.rows[VICTIM - 1]
    at = row.record.index(b'"salt":"') + 10
    spoilt = row.record[:at] + bytes([row.record[at] ^ 1]) + row.record[at + 1 :]
    set_row(row._replace(record=spoilt))(case)


def delete(case: Case) -> None:
    with past_guards(case.url) as run:
        run("DELETE FROM stored_events WHERE {position} = ?", VICTIM)


def delete_and_close_the_gap(case: Case) -> None:
    delete(case)
    with past_guards(case.url) as run:
        for position in range(VICTIM + 1, case.honest.size + 1):
            run(
                "UPDATE stored_events SET {position} = ? WHERE {position} = ?",
                position - 1,
                position,
            )


def delete_with_care(case: Case) -> None:
    replace_rows(case.url, rewritten(case.honest.rows, lambda said: said.pop(VICTIM - 1)))


def insert(case: Case) -> None:
    def another(said: Records) -> None:
        said.insert(VICTIM - 1, said[VICTIM - 1] | {"salt": "f" * 32})

    replace_rows(case.url, rewritten(case.honest.rows, another))


def reorder(case: Case) -> None:
    one, other = case.honest.rows[VICTIM - 1 : VICTIM + 1]
    with past_guards(case.url) as run:
        for there, to in ((one, 10**6), (other, one.position)):
            run(
                "UPDATE stored_events SET {position} = ? WHERE {position} = ?",
                to,
                there.position,
            )
        run(
            "UPDATE stored_events SET {position} = ? WHERE {position} = 1000000", other.position
        )


def duplicate(case: Case) -> None:
    row, after = case.honest.rows[VICTIM - 2 : VICTIM]
    set_row(row._replace(position=after.position, version=after.version))(case)


def duplicate_at_the_end(case: Case) -> None:
    row = case.honest.rows[VICTIM - 1]
    set_row(row._replace(position=case.honest.size + 1, version=10**6))(case)


def swap_streams(case: Case) -> None:
    """A bid and a record of another stream say each other's stream and version, with care."""
    rows = case.honest.rows
    other = rows[VICTIM - 1]
    at = next(row for row in rows if row.type == "need-listed.v1")
    with past_guards(case.url) as run:
        run("DELETE FROM stored_events WHERE {position} IN (?, ?)", at.position, other.position)
        for row, named in ((at, other), (other, at)):
            run(
                "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
                *changed(row, stream=named.stream, version=named.version),
            )


def relabel_type(case: Case) -> None:
    set_row(case.honest.rows[VICTIM - 1]._replace(type="bid-withdrawn.v1"))(case)


def relabel_stream(case: Case) -> None:
    set_row(case.honest.rows[VICTIM - 1]._replace(stream="auction-another"))(case)


def relabel_stream_in_the_record(case: Case) -> None:
    set_row(changed(case.honest.rows[VICTIM - 1], stream="auction-another", version=1))(case)


def backdate(case: Case) -> None:
    set_row(changed(case.honest.rows[VICTIM - 1], recorded_at=UNPUBLISHED))(case)


def from_another_ledger(case: Case) -> None:
    """The record at this place on a ledger that was opened apart from this one."""

    def opened_apart(said: Records) -> None:
        said[0]["salt"] = "f" * 32

    set_row(rewritten(case.honest.rows, opened_apart)[VICTIM - 1])(case)


def truncate(case: Case) -> None:
    with past_guards(case.url) as run:
        run("DELETE FROM stored_events WHERE {position} >= ?", VICTIM)


def other_text(case: Case) -> None:
    with past_guards(case.url) as run:
        run(
            "UPDATE private_payloads SET payload = ? WHERE stream = ?",
            TEXT.encode() + b"!",
            PRIVATE_STREAM,
        )


def text_gone(case: Case) -> None:
    with past_guards(case.url) as run:
        run("DELETE FROM private_payloads WHERE stream = ?", PRIVATE_STREAM)


def erase(case: Case) -> None:
    """Erase a private text as the law asks for it."""
    clock = SimulatedClock(datetime.fromtimestamp(case.now(), UTC))
    with closing(open_store(case.url)) as store, Ledger(store, clock=clock) as ledger:
        command = EraseSubject(
            stream=PRIVATE_STREAM,
            commitments=tuple(
                row.commitment for row in store.privates() if row.stream == PRIVATE_STREAM
            ),
            basis="data-subject-request",
            reason="DSR-1",
        )
        given = ledger.execute(command, OPERATOR, "it-is-erased-now")
        assert isinstance(given, Sequenced), given


def erase_and_restore(case: Case) -> None:
    """A backup brings the text back that was erased."""
    with past_guards(case.url) as run:
        kept = run("SELECT * FROM private_payloads WHERE stream = ?", PRIVATE_STREAM)
    erase(case)
    with past_guards(case.url) as run:
        for row in kept:
            run("INSERT INTO private_payloads VALUES (?, ?, ?, ?, ?, ?)", *row)


def below_the_first(case: Case) -> None:
    last = next(row for row in reversed(case.honest.rows) if row.stream == AUCTION)
    row = changed(last, position=0, version=last.version + 1)
    set_row(row)(case)


def other_outcome(case: Case) -> None:
    with past_guards(case.url) as run:
        run(
            "UPDATE outcomes SET first_position = NULL, last_position = NULL, refusal = ? "
            "WHERE first_position = ?",
            '{"rule": "auction-closed"}',
            VICTIM,
        )
