"""`verify` on the command line: what it ends with is what a script acts on."""

import errno
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from svx_ledger.cli.output import Unshown
from svx_ledger.cli.verify import asked as verifying_from
from svx_ledger.cli.verify import log as verifying
from svx_ledger.cli.verify import telling as verifying_told
from svx_ledger.cli.verify.reading_ahead import AT_ONCE, reading_ahead
from svx_ledger.cli.verify.whose import doubt_of
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.proofs.checks.rebuilding import rebuild
from svx_ledger.proofs.files.published_log import PublishedLog, log_in
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey, parse_signing_key
from svx_ledger.proofs.script.joining import joined
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile
from tests.proofs.stored import history
from tests.proofs.written_log import KEY, VKEY, WrittenLog, policy_text, records
from tests.publishing import setting

from .conftest import Run

TEXT = "Ask for the treasurer, mornings only (fictional)"
FOURTH = "stream = 'organisation-brightway4'"


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    return WrittenLog(tmp_path / "log", records(600))


def test_a_whole_log_is_verified_and_says_what_is_not_proven(svx: Run, log: WrittenLog) -> None:
    said = svx("verify", "log", "log", "--key", VKEY)

    assert said.code == 0, said.err
    assert said.out.startswith(f"verified: {log.origin}, 600 events\n")
    assert "not proven: " in said.out


def test_in_json_it_is_one_value(svx: Run, log: WrittenLog) -> None:
    done = svx("verify", "log", "log", "--key", VKEY, "--json").json
    log.spoil(Tile(ENTRIES, 1, 256), 50)
    spoilt = svx("verify", "log", "log", "--key", VKEY, "--json").json

    assert (done["verified"], done["size"], done["signed_by"]) == (True, 600, [VKEY])
    assert done["not_proven"]
    assert spoilt["verified"] is False
    assert spoilt["findings"][0] | {"detail": ""} == {
        "code": "SVX101",
        "meaning": "entry does not hash to the signed tree",
        "leaf": 256,
        "position": 257,
        "detail": "",
    }


def test_a_changed_log_leaves_evidence(svx: Run, log: WrittenLog, tmp_path: Path) -> None:
    log.spoil(Tile(0, 0, 256), 50)

    said = svx("verify", "log", "log", "--key", VKEY)

    assert said.code == 1
    assert said.out.startswith("SVX101 entry does not hash to the signed tree (leaf 1, ")
    (file,) = tmp_path.glob("svx-evidence-SVX101-*.json")
    assert said.out.endswith(f"evidence: {file.name}\n")
    assert json.loads(file.read_text())["checkpoint"] == log.note().decode()


def test_two_heads_that_contradict_each_other_are_both_in_the_evidence(
    svx: Run, log: WrittenLog, tmp_path: Path
) -> None:
    how = ("--key", VKEY, "--remember", "heads", "--evidence", "evidence")
    assert svx("verify", "log", "log", *how).code == 0
    other = WrittenLog(tmp_path / "other", [*records(599), b"another"])

    said = svx("verify", "log", "other", *how)

    assert said.code == 1
    assert said.out.startswith("SVX104")
    evidence = json.loads((tmp_path / "evidence").read_text())
    assert evidence["checkpoint"] == other.note().decode()
    assert evidence["kept"] == log.note().decode()


@pytest.mark.usefixtures("log")
def test_a_head_is_remembered_once_it_is_verified(svx: Run, tmp_path: Path) -> None:
    how = ("--key", VKEY, "--remember", "heads")
    longer = WrittenLog(tmp_path / "longer", records(700))
    longer.spoil(Tile(ENTRIES, 2, 188), 50)

    assert svx("verify", "log", "longer", *how).code == 1
    assert svx("verify", "log", "log", *how).code == 0
    shorter = WrittenLog(tmp_path / "shorter", records(599))
    said = svx("verify", "log", str(shorter.folder), *how)
    assert (said.code, said.out[:6]) == (1, "SVX103")


def test_every_way_to_end(svx: Run, log: WrittenLog, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(policy_text(1))
    fresh = WrittenLog(tmp_path / "fresh", records(3), cosigned=[1000])

    def code(*arguments: str) -> int:
        return svx("verify", "log", *arguments).code

    assert code(str(fresh.folder), "--policy", "policy") == 0
    assert code("log", "--policy", "policy") == 2
    assert code(str(fresh.folder), "--policy", "policy", "--max-age", "9") == 5
    (log.folder / "checkpoint").write_bytes(log.note() + b"\n")
    assert code("log", "--key", VKEY) == 3
    (log.folder / "checkpoint").unlink()
    assert code("log", "--key", VKEY) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("other",),
        ("log",),
        ("log", "log"),
        ("log", "log", "--key", VKEY, "--unknown"),
        ("log", "log", "--key", "nonsense"),
        ("log", "log", "--key", VKEY, "--policy", "policy"),
        ("log", "log", "--policy", "absent"),
        ("log", "absent", "--key", VKEY),
        ("log", "ftp://example.com", "--key", VKEY),
        ("log", "log", "--key", VKEY, "--max-age", "x"),
        ("receipt", "absent", "--key", VKEY),
        ("consistency", "old", "--key", VKEY),
        ("database", "--key", VKEY),
        ("database", "--log", "log", "--key", VKEY),
        ("database", "--log", "log", "--key", VKEY, "--ledger", "nowhere"),
    ],
)
@pytest.mark.usefixtures("log")
def test_what_is_not_understood_is_no_finding(svx: Run, arguments: tuple[str, ...]) -> None:
    said = svx("verify", *arguments)

    assert said.code == 64
    assert said.err


@pytest.mark.usefixtures("log")
def test_a_fault_of_this_program_is_no_finding(
    svx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr(verifying, "verify_log", fail)

    assert svx("verify", "log", "log", "--key", VKEY).code == 70


def test_a_finding_that_nobody_takes_is_one_all_the_same(
    svx: Run, log: WrittenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise Unshown(BrokenPipeError(errno.EPIPE, "gone"))

    monkeypatch.setattr(verifying_told, "say", gone)

    assert svx("verify", "log", "log", "--key", VKEY).code == 0
    log.spoil(Tile(0, 0, 256), 50)
    assert svx("verify", "log", "log", "--key", VKEY).code == 1


def test_a_finding_without_room_for_evidence_is_one_all_the_same(
    svx: Run, log: WrittenLog
) -> None:
    log.spoil(Tile(0, 0, 256), 50)

    said = svx("verify", "log", "log", "--key", VKEY, "--evidence", "absent/evidence")

    assert (said.code, said.out[:6]) == (1, "SVX101")
    assert "no evidence could be written" in said.err


def test_receipts_are_verified_one_by_one(svx: Run, tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(9)])
    for index in (2, 3):
        (tmp_path / f"{index}.tlog-proof").write_bytes(log.receipt(index).data())
    (tmp_path / "bare").write_bytes(log.receipt(4, extra=False).data())
    (tmp_path / "record").write_bytes(log.records[4])

    both = svx("verify", "receipt", "2.tlog-proof", "3.tlog-proof", "--key", VKEY, "--json")
    assert [one["position"] for one in both.lines] == [3, 4]
    mixed = svx("verify", "receipt", "bare", "2.tlog-proof", "--key", VKEY)
    assert mixed.code == 4
    assert "verified: event 3" in mixed.out
    assert "SVX401 withheld (leaf 4, position 5): bare: " in mixed.out
    assert svx("verify", "receipt", "bare", "--record", "record", "--key", VKEY).code == 0


def test_what_is_found_in_one_receipt_outweighs_another_that_cannot_be_read(
    svx: Run, tmp_path: Path
) -> None:
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(9)])
    good = log.receipt(2)
    (tmp_path / "good").write_bytes(good.data())
    (tmp_path / "bad").write_bytes(replace(good, extra=log.records[3]).data())

    both = svx("verify", "receipt", "bad", "absent", "good", "--key", VKEY)
    assert both.code == 1
    assert "absent: No such file" in both.err
    assert "verified: event 3" in both.out
    assert "SVX101" in both.out
    assert svx("verify", "receipt", "absent", "good", "--key", VKEY).code == 64
    record = ("--record", "record")
    (tmp_path / "record").write_bytes(log.records[2])
    assert svx("verify", "receipt", "good", "good", *record, "--key", VKEY).code == 64


def test_a_new_epoch_is_no_silent_reset(svx: Run, tmp_path: Path) -> None:
    key = SigningKey("ledger.example/test/2", ED25519, b"e" * 32)
    WrittenLog(tmp_path / "first", records(9))
    WrittenLog(tmp_path / "second", records(3), origin=key.name, key=key)
    how = ("--key", VKEY, "--key", key.verifier.text)

    svx("verify", "log", "first", *how, "--remember", "heads")
    told = svx("verify", "log", "second", *how, "--remember", "heads")
    assert told.code == 0
    gone_on = "that ledger.example/test/2 goes on from ledger.example/test, of which 9 events"
    assert f"not proven: {gone_on} are remembered.\n" in told.out
    back = svx("verify", "log", "first", *how, "--remember", "heads", "--json").json
    given_up = "that ledger.example/test was not given up for ledger.example/test/2, of which 3"
    assert f"{given_up} events are remembered." in back["not_proven"]

    heads = ("first/checkpoint", "second/checkpoint")
    two = svx("verify", "consistency", *heads, *how)
    assert two.code == 64
    assert "two logs: ledger.example/test/2 is another log than ledger.example/test" in two.err


def test_several_keys_may_come_as_the_program_prints_them(svx: Run, log: WrittenLog) -> None:
    other = SigningKey(log.origin, ED25519, b"n" * 32).verifier.text

    assert svx("verify", "log", "log", "--key", f"{other}\n{VKEY}").code == 0
    assert svx("verify", "log", "log", "--key", VKEY, "--key", VKEY).code == 0
    said = svx("verify", "log", "log", "--key", f"{VKEY}\nquorum w")
    assert said.code == 64
    assert "--key: 'quorum': not NAME+ID+BASE64" in said.err


@pytest.mark.usefixtures("log")
def test_a_damaged_file_of_heads_is_named_and_is_no_finding(svx: Run, tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("{")

    said = svx("verify", "log", "log", "--key", VKEY, "--remember", "heads")

    assert said.code == 64
    assert "heads: what should be a file of remembered heads is none" in said.err


def test_the_group_says_what_it_ends_with(svx: Run) -> None:
    said = " ".join(svx("verify", "--help").out.split())

    assert "0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale" in said
    assert "70 this program failed" in said


def test_one_head_goes_on_from_another(svx: Run, log: WrittenLog, tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(WrittenLog(tmp_path / "older", records(300)).note())
    (tmp_path / "new").write_bytes(log.note())
    changed = WrittenLog(tmp_path / "changed", [b"another", *records(300)[1:]])
    (tmp_path / "bad").write_bytes(changed.note())
    how = ("--key", VKEY, "--log", "log")

    done = svx("verify", "consistency", "old", "new", *how, "--json").json
    assert (done["older"]["size"], done["newer"]["size"]) == (300, 600)
    assert len(done["proof"]) > 2
    assert svx("verify", "consistency", "new", "old", *how).code == 1
    assert svx("verify", "consistency", "bad", "new", *how).out.startswith("SVX102")
    assert svx("verify", "consistency", "old", "new", "--key", VKEY).code == 64
    assert svx("verify", "consistency", "new", "new", "--key", VKEY).code == 0


def test_the_one_file_is_printed_or_written(svx: Run, tmp_path: Path) -> None:
    assert svx("verify", "script").out == joined()
    assert svx("verify", "script", "--out", "verify.py").out == ""
    assert (tmp_path / "verify.py").read_text() == joined()


class Answers(SimpleHTTPRequestHandler):
    """A web server over a folder that says nothing of what it does."""

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/log" + self.path.removeprefix("/moved"))
            self.end_headers()
            return
        super().do_GET()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Answers, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_log_is_read_over_http(svx: Run, log: WrittenLog, address: str) -> None:
    assert svx("verify", "log", f"{address}/log/", "--key", VKEY).code == 0

    log.path(Tile(0, 1, 256)).unlink()
    said = svx("verify", "log", f"{address}/log", "--key", VKEY)
    assert said.code == 4
    assert "(leaf 256, position 257): tile/0/001 is not there" in said.out


@pytest.mark.usefixtures("log")
def test_an_address_that_never_showed_a_checkpoint_withholds_nothing(
    svx: Run, address: str, tmp_path: Path
) -> None:
    def told(where: str) -> str:
        said = svx("verify", "log", where, "--key", VKEY)
        assert (said.code, said.out) == (64, "")
        return said.err

    assert f"no checkpoint at {address}: is the log at {address}/log?" in told(address)
    assert "no answer from http://127.0.0.1:9 (" in told("http://127.0.0.1:9")
    assert "no answer from" in told(f"{address}/moved"), "no redirect is followed"
    assert "no answer from https" in told(address.replace("http", "https")), "no TLS there"
    assert "is no address" in told("http://[::1")
    for name, size in (("old", 3), ("new", 5)):
        (tmp_path / name).write_bytes(WrittenLog(tmp_path / f"{size}", records(size)).note())
    how = ("--key", VKEY, "--log", "http://127.0.0.1:9")
    assert svx("verify", "consistency", "old", "new", *how).code == 64


def test_a_server_that_lets_a_byte_come_now_and_then_is_given_up(
    svx: Run, log: WrittenLog, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, given_up = verifying_from._file_at, threading.Event()

    def held(*arguments: object) -> bytes | None:
        if str(arguments[2]).startswith("tile/entries"):
            given_up.wait(60)
        return honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(verifying_from, "_file_at", held)
    monkeypatch.setattr(verifying_from, "ANSWER_SECONDS", 0.5)

    said = svx("verify", "log", f"{address}/{log.folder.name}", "--key", VKEY)
    given_up.set()

    assert said.code == 4
    assert "tile/entries/000: not whole after" in said.out


def test_what_is_too_long_is_not_read_to_its_end(
    svx: Run, log: WrittenLog, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (log.folder / "checkpoint").write_bytes(b"x" * 3_000_000)
    read: list[int] = []
    honest = verifying_from._file_at

    def counted(*arguments: object) -> bytes | None:
        data = honest(*arguments)  # type: ignore[arg-type]
        read.append(len(data or b""))
        return data

    monkeypatch.setattr(verifying_from, "_file_at", counted)

    assert svx("verify", "log", f"{address}/log", "--key", VKEY).code == 3
    assert read[0] < 2_000_000


@pytest.fixture
def ledger(opened: Run, tmp_path: Path) -> WrittenLog:
    """A ledger with a private text in it, and its log."""
    for number in range(8):
        side = ("--side", "supplier", "--identifier", f"scheme=GB-COH,id=0123{number:04}")
        name = (f"organisation-brightway{number}", "--name", f"Brightway {number} (fictional)")
        said = opened("organisation", "register", *name, *side, "--contact", TEXT)
        assert said.code == 0, said.err
    with closing(open_store("sqlite:///svx.db")) as store:
        stored = [row.record for row in store.rows()]
    return WrittenLog(tmp_path / "published", stored, cosigned=[4_000_000_000])


def database(svx: Run, *how: str) -> tuple[int, str]:
    said = svx("verify", "database", "--log", "published", "--key", VKEY, *how)
    return said.code, said.out + said.err


def tamper(tmp_path: Path, *statements: str) -> None:
    """Change rows as somebody with the file can, and leave no trace of how."""
    with closing(sqlite3.connect(tmp_path / "svx.db")) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)
        connection.commit()


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
    assert svx("organisation", "register", *name, *side, "--contact", TEXT).code == 0
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
def test_a_row_that_was_changed_is_named(
    svx: Run, tmp_path: Path, statement: str, finding: str
) -> None:
    tamper(tmp_path, statement)

    code, told = database(svx)

    assert code == 1
    assert finding in told
    assert "evidence: svx-evidence-" in told
    assert TEXT not in told


def forged(ledger: WrittenLog, position: int) -> str:
    """The statement that adds a forged event, with care, to the stream of the sixth."""
    plain = json.loads(ledger.records[5])
    plain |= {"position": position, "version": 2, "prev": leaf_of(ledger.records[5]).hex()}
    named = (position, plain["stream"], 2, plain["type"])
    return f"INSERT INTO stored_events VALUES ({str(named)[1:-1]}, x'{canonical(plain).hex()}')"


@pytest.mark.parametrize(
    ("position", "named"),
    [
        (0, "(leaf -1, position 0): a row is at position 0, "),
        (-1, "(leaf -2, position -1): a row is at position -1, "),
        (12, "(leaf 9, position 10): 2 rows are missing from position 10 on"),
        (2**63 - 1, "(leaf 9, position 10): 9223372036854775797 rows are missing"),
    ],
)
def test_a_row_at_a_position_that_there_is_not_is_named_and_not_used(
    svx: Run, ledger: WrittenLog, position: int, named: str
) -> None:
    stream = "organisation-brightway4"
    tamper(Path(), forged(ledger, position))

    code, told = database(svx)

    assert code == 1
    assert told.startswith("SVX101 entry does not hash to the signed tree (")
    assert named in told.splitlines()[0]
    audited = svx("audit", "organisation", stream, "--json")
    assert audited.code == 3
    assert audited.lines[-1]["first"]["rule"] == "position-gap"
    assert svx("doctor").code == 3
    if position < 1:
        shown = svx("show", stream)
        assert shown.code != 0
        assert f"position {position}, " in shown.err
        assert "cannot be read" in shown.err


@pytest.mark.usefixtures("ledger")
def test_the_wrong_ledger_is_asked_about_before_anybody_is_accused(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    other = ("--ledger", "sqlite:///o.db")
    assert svx("init", "--origin", "ledger.example/other", *other).code == 0

    said = svx("verify", "database", "--log", "published", "--key", VKEY, *other)

    assert said.code == 1
    assert said.out.startswith(
        "this database, sqlite:///o.db, says that it is the ledger ledger.example/other; "
        f"the log is {ledger.origin}: is this the one you mean (--ledger)?\nSVX"
    )
    (evidence,) = tmp_path.glob("svx-evidence-*.json")
    assert json.loads(evidence.read_text())["doubt"] in said.out
    right = svx("verify", "database", "--log", "published", "--key", VKEY, "--json").json
    assert (right["ledger"], right["rows_not_signed"], right["private_texts_kept"]) == (
        "sqlite:///svx.db",
        0,
        8,
    )
    assert "doubt" not in right


def test_another_epoch_of_the_ledger_is_told(tmp_path: Path) -> None:
    url, said = f"sqlite:///{tmp_path / 'epochs.db'}", setting.records(3)
    note = setting.naive_note(said, 3)
    rows = setting.records(5, own={4: setting.epoch_started(note)})
    root = setting.naive_root(rows, 3)

    def doubt(origin: str) -> str | None:
        return doubt_of(url, Checkpoint(origin, 3, root))

    with closing(open_store(url)) as store:
        store.create()
        setting.append(store, rows[:3])
        assert doubt(setting.ORIGIN) is None
        assert "knows only epoch 1" in (doubt(f"{setting.ORIGIN}/2") or "")
        setting.append(store, rows[3:])
    assert doubt(f"{setting.ORIGIN}/2") is None
    ended = "this log ended with epoch 1; the ledger is in epoch 2 since position 4"
    assert doubt(setting.ORIGIN) == ended


@pytest.mark.usefixtures("ledger")
def test_what_was_erased_passes(svx: Run) -> None:
    erase = ("--basis", "data-subject-request", "--reason", "DSR-1")
    assert svx("erase", "subject", "organisation-brightway4", *erase).code == 0

    code, told = database(svx)

    assert code == 0, told
    assert "private texts: 7 as committed to, 1 included, content erased" in told
    assert "not proven: the 1 rows above this head" in told


def test_the_heads_that_were_kept_date_the_rows(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    (tmp_path / "policy").write_text(policy_text(1))
    heads = tmp_path / "heads"
    heads.mkdir()
    how = ("verify", "database", "--log", "published", "--policy", "policy", "--heads", "heads")

    first = WrittenLog(tmp_path / "first", ledger.records[:5], cosigned=[3_000_000_000])
    (heads / "5").write_bytes(first.note())
    late = svx(*how)
    assert late.code == 1
    assert late.out.startswith("SVX107 a time lies outside its bracket (leaf 5, position 6)")
    (heads / "5").write_bytes(first.note([5]))
    early = svx(*how)
    assert early.code == 1
    assert "(leaf 0, position 1)" in early.out
    assert "after witnesses had seen it in the log" in early.out
    other = WrittenLog(tmp_path / "other", [b"another", *ledger.records[1:5]], cosigned=[5])
    (heads / "5").write_bytes(other.note())
    assert svx(*how).out.startswith("SVX102")


def test_the_worst_of_several_findings_decides(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    spelt = [b" " + ledger.records[0], *ledger.records[1:]]
    WrittenLog(tmp_path / "published", spelt, key=KEY)
    tamper(
        tmp_path, "UPDATE stored_events SET state = cast(' ' || state AS BLOB) WHERE rowid = 1"
    )

    code, told = database(svx)

    assert code == 1  # the streams do not begin with that leaf any more
    assert told.splitlines()[0].startswith("SVX301 not canonical (leaf 0, position 1)")
    assert "SVX105" in told


def test_the_heads_that_the_publisher_kept_are_held_to_too(opened: Run, tmp_path: Path) -> None:
    assert opened("key", "log", "make").code == 0
    assert opened("publish", "--to", "published", "--once").code == 0
    key = parse_signing_key((tmp_path / "svx.log" / "key").read_text().strip())
    vkey = key.verifier.text
    how = ("verify", "database", "--key", vkey, "--log")
    honest = opened(*how, "published")
    assert honest.code == 0, honest.err
    assert "held to heads: 1 that the publisher keeps beside the ledger" in honest.out

    with closing(open_store("sqlite:///svx.db")) as store:
        stored = [row.record for row in store.rows()]
    WrittenLog(tmp_path / "forged", [*stored[:-1], b"another"], key=key)

    forged = opened(*how, "forged")
    assert forged.code == 1
    assert forged.out.startswith("SVX104 two roots at one size")


@pytest.mark.parametrize("size", [0, 1, 256, 700, 5000])
def test_what_is_read_ahead_is_what_is_asked_for(tmp_path: Path, size: int) -> None:
    log = WrittenLog(tmp_path / "log", records(size))
    asked: list[str] = []
    there = log_in(log.folder)

    def get(name: str, most: int) -> bytes | None:
        asked.append(name)
        return there.get(name, most)

    with reading_ahead(PublishedLog(get), size) as ahead:
        assert [*rebuild(ahead, log.head()), 0]
        assert ahead.get("checkpoint", 1000) == log.note()

    assert len(asked) == len(set(asked))


def test_no_more_is_read_ahead_than_is_said(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", records(5000))
    asked: list[str] = []

    def get(name: str, most: int) -> bytes | None:
        asked.append(name)
        return log_in(log.folder).get(name, most)

    with reading_ahead(PublishedLog(get), log.size) as ahead:
        ahead.get(Tile(ENTRIES, 0, 256).path, 10**6)

    assert len(asked) <= AT_ONCE
