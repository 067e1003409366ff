"""`svx-ledger publish`: what it says, what it needs, how it ends."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svx_ledger.cli.app import build
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.scalars import instant
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.publishing.cosigning.witnesses import Witnesses

from .setting import KEY, NOON, ORIGIN, Desk, append, naive_note, naive_root, records
from .test_guard import goes_back
from .test_publisher import until
from .witnessed import KEY as WITNESS_KEY
from .witnessed import FileWitness

Said = tuple[int, str, str]


def svx(desk: Desk, *arguments: str, **settings: str) -> Said:
    """Run the program on a desk's ledger."""
    environment = {"SVX_LOG_KEY": str(desk.folder / "key"), "SVX_MARK": str(desk.mark)}
    environment |= settings
    line = ["--ledger", desk.url, *arguments]
    ran = CliRunner().invoke(build(line), line, env=environment)
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    return ran.exit_code, ran.stdout, ran.stderr


def publish(desk: Desk, *how: str, **settings: str) -> Said:
    """Publish once."""
    return svx(desk, "publish", "--to", str(desk.published), "--once", *how, **settings)


@pytest.fixture
def keyed(desk: Desk) -> Desk:
    """A ledger of 12 records and the key to sign them with."""
    desk.grow(records(12))
    key = desk.folder / "key"
    key.touch(mode=0o600)
    key.write_text(f"# the log's key\n{KEY.text}\n")
    return desk


def test_it_says_what_it_published(keyed: Desk) -> None:
    root = base64_text(naive_root(records(12), 12))
    key = f"{ORIGIN}+{KEY.verifier.key_id.hex()}"

    assert json.loads(publish(keyed, "--json")[1]) == {
        "origin": ORIGIN,
        "size": 12,
        "root": root,
        "signed_by": [key],
        "cosigned": {},
    }
    assert publish(keyed) == (0, f"{ORIGIN}: 12 records, root {root}, signed by {key}\n", "")
    assert (keyed.published / "checkpoint").read_bytes() == naive_note(records(12), 12)


def test_witnesses_are_told_apart_from_keys_of_the_log(
    keyed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness, policy = FileWitness(keyed.folder / "witness"), keyed.folder / "policy"
    policy.write_text(f"witness w {WITNESS_KEY.verifier.text} http://127.0.0.1:1\nquorum w\n")
    monkeypatch.setattr(
        Witnesses, "cosign", lambda _, *given, **how: witness.cosign(*given, **how)
    )
    key = f"{ORIGIN}+{KEY.verifier.key_id.hex()}"
    by_witness = f"{WITNESS_KEY.name}+{WITNESS_KEY.verifier.key_id.hex()}"

    code, out, told = publish(keyed, "--json", SVX_POLICY=str(policy))
    again = publish(keyed, SVX_POLICY=str(policy))

    assert code == 0, told
    assert json.loads(out)["signed_by"] == [key]
    assert json.loads(out)["cosigned"].keys() == {by_witness}
    assert json.loads(out)["cosigned"][by_witness] >= 1_000
    assert again[1].endswith(f", signed by {key}, cosigned by {by_witness}\n")


def test_it_does_not_sign_with_a_key_that_others_can_read(keyed: Desk) -> None:
    (keyed.folder / "key").chmod(0o640)
    code, _, told = publish(keyed)

    assert code == 1
    assert "can be read by others: chmod 600" in told
    assert not keyed.published.exists()


@pytest.mark.parametrize("content", ["", "not a key\n", KEY.verifier.text + "\n"])
def test_it_says_where_the_keys_are_none(keyed: Desk, content: str) -> None:
    (keyed.folder / "key").write_text(content)
    code, _, told = publish(keyed)

    assert code == 1
    assert "not signing keys of a log" in told
    assert KEY.text.rpartition("+")[2] not in told


def test_what_is_published_everybody_may_read_whatever_the_umask(keyed: Desk) -> None:
    before = os.umask(0o077)
    try:
        assert publish(keyed)[0] == 0
    finally:
        os.umask(before)
    found = [path for path in keyed.published.rglob("*") if path.name != ".lock"]
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in found}

    assert modes == {(True, 0o755), (False, 0o644)}
    assert keyed.published.stat().st_mode & 0o777 == 0o755
    assert keyed.mark.stat().st_mode & 0o777 == 0o644


def test_without_a_key_it_says_how_one_is_made(keyed: Desk) -> None:
    (keyed.folder / "key").unlink()
    code, _, told = publish(keyed)

    assert code == 1
    assert "no log key: make it with `svx-ledger key log make`" in " ".join(told.split())
    assert "address" not in told


def test_a_mark_without_a_folder_is_told(keyed: Desk) -> None:
    code, _, told = publish(keyed, SVX_MARK=str(keyed.folder / "away" / "mark"))

    assert code == 1
    assert "there is no folder for the mark" in " ".join(told.split())
    assert "address" not in told


def test_a_file_where_the_folder_should_be_is_told(keyed: Desk) -> None:
    keyed.published.touch()
    code, _, told = publish(keyed)

    assert code == 1
    assert "is a file: name a folder" in " ".join(told.split())
    assert "address" not in told


def test_a_policy_that_is_not_there_is_told(keyed: Desk) -> None:
    code, _, told = publish(keyed, SVX_POLICY="nowhere")

    assert code == 1
    assert "there is no policy nowhere: name the file" in " ".join(told.split())
    assert "address" not in told


def test_an_older_copy_is_refused_with_the_remedy(keyed: Desk) -> None:
    assert publish(keyed)[0] == 0
    goes_back(keyed, 11)
    outage = {"ledger_id": "ledger-tests", "not_accepting_from": instant(NOON)}
    outage["accepting_again_at"] = instant(NOON.replace(hour=13))
    command = keyed.folder / "command"
    command.write_text(json.dumps({"command": "ResumeLedger", "data": outage}))
    given = svx(keyed, "do", str(command), "--actor", "operator:/person-op")

    for code, out, told in (publish(keyed), given, svx(keyed, "tick")):
        assert (code, out) == (3, "")
        assert "svx-ledger epoch start" in told
        assert "12 records, and the log has 11" in " ".join(told.split())
        assert "verify the ledger" not in told


def test_a_policy_that_cannot_be_read_is_told(keyed: Desk) -> None:
    policy = keyed.folder / "policy"
    policy.write_text("quorum somebody\n")
    environment = {"SVX_LOG_KEY": str(keyed.folder / "key"), "SVX_POLICY": str(policy)}
    line = ["--ledger", keyed.url, "publish", "--to", str(keyed.published), "--once"]
    ran = CliRunner().invoke(build(line), line, env=environment)

    assert ran.exit_code == 1
    assert "no line before defines 'somebody'" in ran.stderr


def test_it_goes_on_until_it_is_told_to_end(keyed: Desk) -> None:
    settings = {"SVX_LOG_KEY": str(keyed.folder / "key"), "SVX_MARK": str(keyed.mark)}
    command = [sys.executable, "-m", "svx_ledger", "--ledger", keyed.url, "publish", "--json"]
    rows = records(300)
    checkpoint = keyed.published / "checkpoint"

    def published() -> bytes:
        return checkpoint.read_bytes() if checkpoint.exists() else b""

    with subprocess.Popen(
        [*command, "--to", str(keyed.published)],
        env=os.environ | settings,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        until(lambda: published() == naive_note(rows, 12))
        with closing(open_store(keyed.url)) as store:
            append(store, rows[12:])
        until(lambda: published() == naive_note(rows, 300))
        child.send_signal(signal.SIGTERM)
        out, told = child.communicate(timeout=30)

    assert child.returncode == 0
    assert [json.loads(line)["size"] for line in out.splitlines()] == [12, 300]
    assert "interrupt to end" in told
