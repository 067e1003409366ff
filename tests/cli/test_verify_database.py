"""`verify database`: the rows of a ledger, its columns, streams and private texts."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row, leaf_of
from tests.attacks.raw import insert_row, past_guards, row_of
from tests.proofs.written_log import KEY, VKEY, WrittenLog

from .conftest import PRIVATE_TEXT, Run

LEDGER = "sqlite:///svx.db"
FOURTH = "stream = 'organisation-brightway4'"


def database(svx: Run, *how: str) -> tuple[int, str]:
    said = svx("verify", "database", "--log", "published", "--key", VKEY, *how)
    return said.code, said.out + said.err


@pytest.mark.usefixtures("ledger")
def test_the_rows_of_a_ledger_are_those_of_its_log(svx: Run) -> None:
    code, told = database(svx)

    assert code == 0, told
    assert "verified: 9 rows of ledger.example/test, 9 of them signed" in told
    assert "private texts: 8 as committed to" in told


def test_a_ledger_on_postgresql_is_verified_too(
    svx: Run, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LEDGER", postgres_url)
    monkeypatch.setenv("SVX_ACTOR", "operator:/person-op")
    assert svx("init", "--origin", "ledger.example/test").code == 0
    side = ("--side", "supplier", "--identifier", "scheme=GB-COH,id=01230001")
    name = ("organisation-brightway", "--name", "Brightway (fictional)")
    assert svx("organisation", "register", *name, *side, "--contact", PRIVATE_TEXT).code == 0
    with closing(open_store(postgres_url)) as store:
        stored = [row.record for row in store.rows()]
    WrittenLog(tmp_path / "published", stored)
    WrittenLog(tmp_path / "longer", [*stored, b"another"])

    code, told = database(svx)
    assert code == 0, told
    assert "private texts: 1 as committed to" in told
    cut = svx("verify", "database", "--log", "longer", "--key", VKEY)
    assert (cut.code, cut.out[:6]) == (1, "SVX103")


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (
            "UPDATE stored_events SET state = replace(state, 'way 4', 'way 5') WHERE rowid = 6",
            "SVX101 entry does not hash to the signed tree (leaf 5, position 6)",
        ),
        (
            "UPDATE stored_events SET originator_id = 'organisation-other' WHERE rowid = 6",
            "(leaf 5, position 6): the row's column for the stream is not what its record says",
        ),
        (
            "DELETE FROM stored_events WHERE rowid = 6",
            "(leaf 5, position 6): 1 rows are missing from position 6 on",
        ),
        (
            "DELETE FROM stored_events WHERE rowid > 7",
            "SVX103 the log shrank (leaf 7, position 8)",
        ),
        (
            f"UPDATE private_payloads SET payload = 'other' WHERE {FOURTH}",
            "SVX106 what was opened does not match its commitment (leaf 5, position 6)",
        ),
        (
            f"UPDATE private_payloads SET commitment = 'other' WHERE {FOURTH}",
            "1 private texts are kept that no record committed to",
        ),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_a_row_that_was_changed_is_named(svx: Run, statement: str, finding: str) -> None:
    with past_guards(LEDGER) as run:
        run(statement)

    code, told = database(svx)

    assert code == 1
    assert finding in told
    assert "evidence: svx-evidence-" in told
    assert PRIVATE_TEXT not in told


def forged(ledger: WrittenLog, position: int) -> Row:
    """A forged event that follows, with care, on the stream of the sixth."""
    sixth = ledger.records[5]
    return row_of(
        {**json.loads(sixth), "position": position, "version": 2, "prev": leaf_of(sixth).hex()}
    )


@pytest.mark.parametrize(
    ("position", "named"),
    [
        (0, "(leaf -1, position 0): a row is at position 0, "),
        (-1, "(leaf -2, position -1): a row is at position -1, "),
        (-(2**63), "a row is at position -9223372036854775808, "),
        (12, "(leaf 9, position 10): 2 rows are missing from position 10 on"),
        (2**63 - 1, "(leaf 9, position 10): 9223372036854775797 rows are missing"),
    ],
)
def test_a_row_at_a_position_that_there_is_not_is_named_and_not_used(
    svx: Run, ledger: WrittenLog, position: int, named: str
) -> None:
    stream = "organisation-brightway4"
    insert_row(LEDGER, forged(ledger, position))

    code, told = database(svx)

    assert code == 1
    assert told.startswith("SVX101 entry does not hash to the signed tree (")
    assert named in told.splitlines()[0]
    audited = svx("audit", "organisation", stream, "--json")
    assert audited.code == 3
    assert audited.lines[-1]["first"]["rule"] == "position-gap"
    whole = svx("audit", "--all", "--json")
    assert whole.code == 3
    if position < 1:
        assert whole.lines[-1]["first"]["rule"] == "position-gap"
        assert whole.lines[-1]["first"]["position"] == position
    assert svx("doctor").code == 3
    if position < 1:
        shown = svx("show", stream)
        assert shown.code != 0
        assert f"position {position}, " in shown.err
        assert "cannot be read" in shown.err


@pytest.mark.usefixtures("ledger")
def test_what_was_erased_passes(svx: Run) -> None:
    erase = ("--basis", "data-subject-request", "--reason", "DSR-1")
    assert svx("erase", "subject", "organisation-brightway4", *erase).code == 0

    code, told = database(svx)

    assert code == 0, told
    assert "private texts: 7 as committed to, 1 included, content erased" in told
    assert "not proven: the 1 rows above this head" in told


def test_the_worst_of_several_findings_decides(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    spelt = [b" " + ledger.records[0], *ledger.records[1:]]
    WrittenLog(tmp_path / "published", spelt, key=KEY)
    with past_guards(LEDGER) as run:
        run("UPDATE stored_events SET state = cast(' ' || state AS BLOB) WHERE rowid = 1")

    code, told = database(svx)

    assert code == 1  # the streams do not begin with that leaf any more
    assert told.splitlines()[0].startswith("SVX301 not canonical (leaf 0, position 1)")
    assert "SVX105" in told
