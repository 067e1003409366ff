"""Attacks by the operator, who has the ledger, its key and the publisher."""

import json
import shutil
from datetime import datetime, timedelta
from typing import Any

from svx_ledger.eventlog.record import Row

from .attack import Attack
from .case import Case, Honest
from .checks import (
    AUDIT,
    BY_TWO,
    CONSISTENCY,
    DATABASE,
    DATED,
    FROM_RECEIPT,
    LOG,
    LOST,
    PUBLISHER,
    RECEIPT,
    REMEMBERED,
    WITNESSED,
    Caught,
)
from .collusion import fork_with_one_witness
from .forger import sign_anew
from .honest import publish
from .raw import Records, insert_row, past_guards, replace_rows, rewritten, row_of
from .row_attacks import VICTIM, victim

BIDS_KEPT = 268
"""The size of the head that somebody keeps from before the close."""
RECEIPT_SIZE = 153
"""The size of the head in the receipt that somebody keeps."""


def _edited(said: Records) -> None:
    said[VICTIM - 1]["data"]["value_pence"] += 1


def loses_its_state(case: Case) -> None:
    """Take away what the publisher knows: its state, its mark."""
    shutil.rmtree(case.folder / "ledger.log", ignore_errors=True)
    (case.folder / "mark").unlink()
    if case.url.startswith("postgres"):
        with past_guards(case.url) as run:
            run("DROP SCHEMA svx_log CASCADE")


def rewrite(case: Case) -> None:
    """Edit a bid, make all later records fit, and sign the new tree at a larger size."""
    rows = rewritten(_with(case, case.honest.rows[-1]), _edited)
    replace_rows(case.url, rows)
    loses_its_state(case)
    sign_anew(case, rows)


def rewrite_at_one_size(case: Case) -> None:
    rows = rewritten(case.honest.rows, _edited)
    replace_rows(case.url, rows)
    loses_its_state(case)
    sign_anew(case, rows)


def rewrite_through_the_publisher(case: Case) -> None:
    """The same; a publisher that lost all it knew is to sign and publish it."""
    replace_rows(case.url, rewritten(case.honest.rows, _edited))
    loses_its_state(case)
    shutil.rmtree(case.published)


def split_view(case: Case) -> None:
    """Show somebody else another history, under a head of the same size."""
    rewrite_at_one_size(case)


def _cut(case: Case, size: int) -> None:
    rows = case.honest.rows[:size]
    replace_rows(case.url, rows)
    with past_guards(case.url) as run:
        run("DELETE FROM outcomes WHERE first_position > ?", size)
        run("DELETE FROM claims WHERE position > ?", size)
    loses_its_state(case)
    sign_anew(case, rows)


def cut_below(case: Case) -> None:
    """Cut the log off below the heads that people keep, and sign what is left."""
    _cut(case, VICTIM)


def cut_above(case: Case) -> None:
    """Cut it off above the newest head that anybody but the witness keeps."""
    _cut(case, BIDS_KEPT)


def cut_what_was_never_published(case: Case) -> None:
    """Cut off a record that no published head covers, with all that tells of it."""
    add(case)
    with past_guards(case.url) as run:
        run("DELETE FROM stored_events WHERE {position} > ?", case.honest.size)


def _with(case: Case, row: Row, **other: Any) -> list[Row]:
    """The rows of a case with one more, like another, which says something else."""
    plain = json.loads(row.record) | {"salt": "e" * 32} | other
    return rewritten(case.honest.rows, lambda said: said.append(plain))


def add(case: Case, **other: Any) -> None:
    """Append a bid of nobody's behind the close, as the write path would store it."""
    row = _with(case, case.honest.rows[BIDS_KEPT - 1], **other)[-1]
    insert_row(case.url, row)


def add_false(case: Case) -> None:
    """Put a false record on the log, and publish it honestly."""
    add(case, recorded_at=_after(case, seconds=5_000))
    publish(case.desk, case.now)


def add_backdated(case: Case) -> None:
    """The same, with a time that was long over when the witness saw the log without it."""
    add(case, recorded_at=_after(case, seconds=600))
    publish(case.desk, case.now)


def add_before_the_last(case: Case) -> None:
    """The same, with a time before the record that stands before it."""
    add(case)
    publish(case.desk, case.now)


def add_from_another_ledger(case: Case) -> None:
    """Put a record of another ledger on this one's log, byte for byte, and publish it."""

    def elsewhere(said: Records) -> None:
        said[0]["salt"] = "f" * 32
        said.append(said[2] | {"stream": "organisation-elsewhere", "salt": "e" * 32})
        said[-1]["recorded_at"] = _after(case, seconds=5_000)

    row = rewritten(case.honest.rows, elsewhere)[-1]
    insert_row(case.url, row)
    publish(case.desk, case.now)


def add_copy(case: Case) -> None:
    """Put a record on the log a second time, and publish it."""
    plain = json.loads(case.honest.rows[-1].record) | {"position": case.honest.size + 1}
    row = row_of(plain)._replace(version=10**6)
    insert_row(case.url, row)
    publish(case.desk, case.now)


def _after(case: Case, *, seconds: int) -> str:
    """A time so long after the last record."""
    last = datetime.fromisoformat(json.loads(case.honest.rows[-1].record)["recorded_at"])
    return f"{last + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%fZ}"


def _added(honest: Honest) -> int:
    return honest.size


WITH_THE_KEY = (
    Attack(
        name="rewrite, and sign again",
        does="edits a bid, makes the rest fit, and signs the longer tree with the real key",
        do=rewrite,
        caught=(
            Caught(CONSISTENCY, "SVX102"),
            Caught(REMEMBERED, "SVX102"),
            Caught(FROM_RECEIPT, "SVX102"),
            Caught(WITNESSED, "SVX202", 2),
            Caught(LOST, "lost", 0, "the receipt's", victim),
        ),
        missed=(LOG, DATABASE, RECEIPT),
        why="within itself a new history is a good one",
    ),
    Attack(
        name="rewrite, and sign one size twice",
        does="the same, at a size that was signed before",
        do=rewrite_at_one_size,
        caught=(Caught(REMEMBERED, "SVX104"), Caught(WITNESSED, "SVX202", 2)),
        missed=(LOG, DATABASE),
    ),
    Attack(
        name="split view",
        does="shows somebody another history than everybody else, each under a good signature",
        do=split_view,
        caught=(
            Caught(REMEMBERED, "SVX104"),
            Caught(CONSISTENCY, "SVX102"),
            Caught(WITNESSED, "SVX202", 2),
        ),
        missed=(LOG,),
        why="whoever sees one side only sees nothing; two heads side by side prove it to all",
    ),
    Attack(
        name="a fork with a witness that works together with the operator",
        does="forks a log that two witnesses follow; one of them cosigns the fork",
        do=fork_with_one_witness,
        caught=(Caught(BY_TWO, "SVX202", 2), Caught(REMEMBERED, "SVX102")),
        missed=(LOG, WITNESSED),
        why="a witness that colludes is no witness: ask for several",
    ),
    Attack(
        name="rewrite, through a publisher that lost what it knew",
        does="rewrites the ledger, throws state, mark and folder away, and publishes",
        do=rewrite_through_the_publisher,
        caught=(Caught(PUBLISHER, "the witness first holds another root", 3),),
    ),
    Attack(
        name="truncate below a kept head",
        does="cuts the log off, and signs what is left",
        do=cut_below,
        caught=(
            Caught(CONSISTENCY, "SVX103", at="the first that is gone", leaf=lambda _: VICTIM),
            Caught(REMEMBERED, "SVX103", at="the first that is gone", leaf=lambda _: VICTIM),
            Caught(FROM_RECEIPT, "SVX103", at="the first that is gone", leaf=lambda _: VICTIM),
            Caught(WITNESSED, "SVX202", 2),
        ),
        missed=(LOG, DATABASE, RECEIPT, LOST),
    ),
    Attack(
        name="truncate above a kept head",
        does="cuts off only what is above every head that people keep",
        do=cut_above,
        caught=(
            Caught(REMEMBERED, "SVX103", at="the first that is gone", leaf=lambda _: BIDS_KEPT),
            Caught(WITNESSED, "SVX202", 2),
        ),
        missed=(LOG, DATABASE, CONSISTENCY, FROM_RECEIPT),
        why="whoever keeps no newer head, and asks no witness, cannot know",
    ),
    Attack(
        name="cut off what was never published",
        does="takes away the newest records before any head covers them, with all traces",
        do=cut_what_was_never_published,
        missed=(LOG, WITNESSED, REMEMBERED, DATED, CONSISTENCY, AUDIT),
        why="nothing finds it: wait for the published receipt before you rely on a command",
    ),
    Attack(
        name="a false record under an honest tree",
        does="puts a bid after the close on the log, in good form, and publishes it honestly",
        do=add_false,
        caught=(Caught(AUDIT, "auction-closed", 3, "the false record's", _added),),
        missed=(LOG, WITNESSED, REMEMBERED, DATED, CONSISTENCY),
        why="proofs show that something was said and not changed, never that it is right",
    ),
    Attack(
        name="a new record with an old time",
        does="puts a bid on the log with a time before witnesses saw the log without it",
        do=add_backdated,
        caught=(Caught(DATED, "SVX107", at="the new record's", leaf=_added),),
        missed=(LOG, WITNESSED, REMEMBERED, DATABASE, CONSISTENCY),
        why="without a witness a time is what the operator's clock said",
    ),
    Attack(
        name="a new record with a time before the last",
        does="puts a bid on the log with a time from before the close",
        do=add_before_the_last,
        caught=(Caught(DATABASE, "SVX107", at="the new record's", leaf=_added),),
        missed=(LOG, WITNESSED, REMEMBERED),
    ),
    Attack(
        name="a record of another ledger under an honest tree",
        does="puts a record of another ledger on the log, byte for byte, and publishes it",
        do=add_from_another_ledger,
        caught=(
            Caught(DATABASE, "SVX105", at="the record's", leaf=_added),
            Caught(AUDIT, "of-another-ledger", 3, "the record's", _added),
        ),
        missed=(LOG, WITNESSED, REMEMBERED),
    ),
    Attack(
        name="a record twice under an honest tree",
        does="puts a record on the log a second time, and publishes it",
        do=add_copy,
        caught=(Caught(DATABASE, "SVX101", at="the copy's", leaf=_added),),
        missed=(LOG, WITNESSED, REMEMBERED),
    ),
)
