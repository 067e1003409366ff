"""`verify epoch`: an outsider follows a restore, from the logs and a receipt alone."""

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from svx_ledger.proofs.script import stand_alone
from svx_ledger.proofs.tree.tiles import Tile
from tests.proofs.restored_log import SECOND, earlier, later, receipt_of_start
from tests.proofs.written_log import ORIGIN, VKEY, WrittenLog

from .conftest import Run, Said
from .evidenced import WITNESS

TRUST = ("--key", VKEY, "--key", SECOND.verifier.text)


@pytest.fixture
def logs(tmp_path: Path) -> tuple[WrittenLog, WrittenLog]:
    """X with 60 leaves, and X/2 that begins with 40 of them; `started` tells of it."""
    old = earlier(tmp_path, 60)
    shutil.move(old.folder, tmp_path / "old")
    old.folder = tmp_path / "old"
    new = later(tmp_path, 40, before=2, last=old.note())
    shutil.move(new.folder, tmp_path / "new")
    new.folder = tmp_path / "new"
    (tmp_path / "started").write_bytes(receipt_of_start(new))
    return old, new


def compared(svx: Run, *more: str, old: str = "old", new: str = "new") -> Said:
    return svx("verify", "epoch", old, new, *TRUST, *more)


@pytest.mark.usefixtures("logs")
def test_what_is_gone_is_told_loudly_and_what_is_not_proven(svx: Run) -> None:
    said = compared(svx, "--started", "started")
    told = said.out.splitlines()

    assert said.code == 0, said.err
    assert told[0] == f"verified: {ORIGIN}/2 after {ORIGIN}"
    assert f"GONE: 20 of 60 events of {ORIGIN}, positions 41 to 60" in told
    assert "  the first 40 of 60 events are in both, at the same positions" in told
    assert f"  {ORIGIN}/2 has 6 events beyond them" in told
    assert f"  on record at position 43: {ORIGIN} ended with 60 events" in told
    assert "  why, as it says: A disk was lost (fictional)" in told
    assert any(line.startswith("LOOK AT: 2 events, positions 41 to 42,") for line in told)
    assert any(line.startswith("not proven: when the events before") for line in told)
    assert any("no witness was asked" in line for line in told)
    only = f"not proven: that this is the only record in {ORIGIN}/2 of how it began"
    assert any(line.startswith(only) for line in told)


@pytest.mark.usefixtures("logs")
def test_what_is_gone_above_an_older_head_is_told_too(svx: Run) -> None:
    earlier(Path(), 50)
    said = compared(svx, "--started", "started", old="X-50")
    less = earlier(Path(), 30)
    unknown = compared(svx, "--started", "started", old=less.folder.name)

    assert f"GONE: 10 of 50 events of {ORIGIN}, positions 41 to 50\n" in said.out
    assert "\nGONE: 20 of these 60 events\n" in said.out
    assert "that the head on record goes on from the one of 50 events" in said.out
    assert unknown.code == 0
    assert "GONE" not in unknown.out
    assert "not proven: how many of the events on record are gone" in unknown.out


def test_where_nothing_stands_before_the_record_that_is_proven(
    svx: Run, logs: tuple[WrittenLog, WrittenLog]
) -> None:
    new = later(Path("none-before"), 40, last=logs[0].note())
    Path("told").write_bytes(receipt_of_start(new))
    said = compared(svx, "--started", "told", new=str(new.folder))

    assert "LOOK AT" not in said.out
    assert "and no record that the earlier log lacks stands before that one." in said.out


@pytest.mark.usefixtures("logs")
def test_in_json_it_is_one_value(svx: Run) -> None:
    done = compared(svx, "--started", "started", "--json").json
    alone = compared(svx, "--started", "started", "--json", old="old/checkpoint").json

    assert done["verified"]
    assert (done["old"]["size"], done["new"]["origin"]) == (60, SECOND.name)
    assert (done["common"], done["gone"], done["gone_is_least"], done["beyond"]) == (
        40,
        20,
        False,
        6,
    )
    start = done["started"]
    assert (start["position"], start["gone"], start["before"]) == (43, 20, 2)
    assert not start["before_is_least"]
    assert start["last"]["size"] == 60
    assert done["not_proven"]
    assert (alone["gone"], alone["gone_is_least"]) == (18, True)
    assert "common" not in alone
    assert (alone["started"]["before"], alone["started"]["before_is_least"]) == (0, True)


def test_with_a_head_alone_what_cannot_be_of_the_log_is_told_from_below(
    svx: Run, logs: tuple[WrittenLog, WrittenLog]
) -> None:
    new = later(Path("put-in"), 40, before=30, last=logs[0].note())
    Path("told").write_bytes(receipt_of_start(new))
    more = ("--started", "told")
    said = compared(svx, *more, old="old/checkpoint", new=str(new.folder))
    plain = compared(svx, *more, "--json", old="old/checkpoint", new=str(new.folder)).json

    assert said.code == 0, said.err
    assert f"LOOK AT: at least 11 events that cannot be of {ORIGIN} stand before it" in said.out
    assert "not proven: when the events before the record were written" in said.out
    assert (plain["started"]["before"], plain["started"]["before_is_least"]) == (11, True)


@pytest.mark.usefixtures("logs")
def test_with_a_head_alone_it_says_what_cannot_be_said(svx: Run) -> None:
    said = compared(svx, "--started", "started", old="old/checkpoint")

    assert said.code == 0, said.err
    assert f"GONE: at least 18 of 60 events of {ORIGIN}" in said.out
    assert "not proven: which events are gone" in said.out
    assert "not proven: how many of the events on record are gone" in said.out


@pytest.mark.usefixtures("logs")
def test_a_loss_without_a_word_of_it_does_not_pass(svx: Run) -> None:
    said = compared(svx)

    assert said.code == 4
    assert said.out.startswith(
        "SVX401 withheld (leaf 40, position 41): only the first 40 of the 60"
    )
    assert "epoch-started" in said.out


def test_where_nothing_is_gone_it_says_what_was_not_given(svx: Run, tmp_path: Path) -> None:
    earlier(tmp_path, 60)
    later(tmp_path, 60)
    said = compared(svx, old="X-60", new="X-2")

    assert said.code == 0, said.err
    assert "GONE" not in said.out
    assert "not proven: that the operator put the restore on record" in said.out
    assert "not proven: that no event above this head" in said.out


def test_what_is_understated_leaves_evidence_that_convinces_others(
    svx: Run, logs: tuple[WrittenLog, WrittenLog], tmp_path: Path
) -> None:
    longer = earlier(tmp_path, 61)
    said = compared(svx, "--started", "started", "--evidence", "proof", old="X-61")
    proof = json.loads(Path("proof").read_text())

    assert said.code == 1
    assert said.out.startswith("SVX103 the log shrank (leaf 60, position 61): 61 leaves")
    assert proof["kept"] == longer.note().decode()
    assert proof["checkpoint"] == logs[1].note().decode()
    assert proof["receipt"] == Path("started").read_text()


def test_every_way_to_end(svx: Run, logs: tuple[WrittenLog, WrittenLog]) -> None:
    how = ("--started", "started")

    assert svx("verify", "epoch", "old", "new", "--key", VKEY, *how).code == 2
    assert compared(svx, "--started", "old/checkpoint").code == 3
    assert compared(svx, *how, old="new", new="old").code == 64
    assert compared(svx, *how, old="old", new="old").code == 64
    assert compared(svx, *how, new="new/checkpoint").code == 64
    assert compared(svx, *how, old="absent").code == 64
    assert compared(svx, "--started", "absent").code == 64
    assert svx("verify", "epoch", "old", "new", *how).code == 64
    assert compared(svx).code == 4
    logs[0].spoil(Tile(0, 0, 60), 5)
    assert compared(svx, *how).code == 1


@pytest.mark.parametrize("old", ["old", "old/checkpoint"])
def test_the_one_file_says_the_same(
    svx: Run,
    logs: tuple[WrittenLog, WrittenLog],
    capsys: pytest.CaptureFixture[str],
    old: str,
) -> None:
    del logs
    said = compared(svx, "--started", "started", old=old)
    capsys.readouterr()

    assert stand_alone.main(["epoch", old, "new", *TRUST, "--started", "started"]) == 0
    assert capsys.readouterr().out == said.out
    assert stand_alone.main(["epoch", old, "new", *TRUST]) == compared(svx, old=old).code == 4
    assert stand_alone.main(["epoch", "new", "old", *TRUST]) == 64
    assert stand_alone.main(["epoch", "absent", "new", *TRUST]) == 64
    earlier(Path(), 61)
    assert stand_alone.main(["epoch", "X-61", "new", *TRUST, "--started", "started"]) == 1
    (evidence,) = Path().glob("svx-evidence-SVX103-*.json")
    assert json.loads(evidence.read_text())["receipt"] == Path("started").read_text()


def test_both_logs_are_read_over_http(svx: Run, logs: tuple[WrittenLog, WrittenLog]) -> None:
    answers = partial(SimpleHTTPRequestHandler, directory=str(logs[0].folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        there = {"old": f"{address}/old", "new": f"{address}/new"}
        said = compared(svx, "--started", "started", **there)
        nowhere = compared(svx, **{**there, "old": f"{address}/absent"})
        server.shutdown()

    assert said.out == compared(svx, "--started", "started").out
    assert nowhere.code == 64


def register(svx: Run, *numbers: int) -> None:
    """Write a record each."""
    for number in numbers:
        said = svx(
            *("organisation", "register", "--name", f"Number {number} (fictional)"),
            *("--side", "community", "--identifier", f"scheme=GB-COH,id={number}"),
        )
        assert said.code == 0, said.err


def done(said: Said) -> str:
    """What a run that went well printed."""
    assert said.code == 0, said.err
    return said.out


def test_a_restore_of_a_real_ledger_is_followed_from_outside(opened: Run) -> None:
    svx = opened
    trust = ["--key", done(svx("key", "log", "make")).strip()]
    register(svx, 1, 2)
    shutil.copy("svx.db", "copy.db")
    register(svx, 3, 4)
    done(svx("publish", "--to", "public", "--once"))
    assert svx("epoch", "receipt").code == 2
    for name in ("svx.db-wal", "svx.db-shm", "svx.views.db"):
        Path(name).unlink(missing_ok=True)
    shutil.copy("copy.db", "svx.db")
    start = ("--checkpoint", "public/checkpoint", "--reason", "Restored from a copy")
    said = svx("epoch", "start", *start)
    trust += ["--key", done(said).strip()]
    assert "once position 5 is published, its receipt" in " ".join(said.err.split())
    refused = svx("epoch", "receipt")
    assert refused.code == 2
    assert "not published yet" in refused.err
    register(svx, 5)
    done(svx("publish", "--to", "again", "--once"))
    done(svx("epoch", "receipt", "--out", "epoch-2.tlog-proof"))

    compared = ("verify", "epoch", "public", "again", *trust, "--started", "epoch-2.tlog-proof")
    assert f"GONE: 2 of 6 events of {ORIGIN}, positions 5 to 6" in done(svx(*compared))
    plain = svx(*compared, "--json").json
    assert (plain["common"], plain["gone"], plain["beyond"]) == (4, 2, 2)
    start_said = plain["started"]
    assert (start_said["position"], start_said["gone"], start_said["before"]) == (5, 2, 0)
    assert start_said["reason"] == "Restored from a copy"
    assert svx("verify", "epoch", "public", "again", *trust).code == 4
    printed = svx("epoch", "receipt")
    assert printed.out == Path("epoch-2.tlog-proof").read_text("utf-8")
    assert svx("epoch", "receipt", "--json").json["receipt"] == printed.out
    assert svx("verify", "receipt", "epoch-2.tlog-proof", *trust).code == 0

    Path("policy").write_text(f"witness first {WITNESS.verifier.text}\nquorum first\n", "utf-8")
    Path("svx.toml").write_text('policy = "policy"\n', "utf-8")
    assert "not published yet" in svx("epoch", "receipt").err
