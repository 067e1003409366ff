"""What `doctor` finds of the published log: its keys, and whether the ledger was restored."""

import errno
import os
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from svx_ledger.cli.examining import log_keys, logs, published
from svx_ledger.cli.failing import Exit
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import NotRead
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.settings import Settings

from .conftest import Run
from .test_epochs import publish, register, restore


def found(svx: Run, check: str) -> list[tuple[str, str]]:
    """The state and the detail of each finding of one check."""
    lines = svx("doctor", "--json").lines
    return [(one["state"], one["detail"]) for one in lines if one["check"] == check]


def remedy(svx: Run, check: str) -> str:
    """What is to be done about the one finding of a check."""
    (one,) = (line for line in svx("doctor", "--json").lines if line["check"] == check)
    return str(one["remedy"])


@pytest.fixture
def signed(opened: Run) -> Run:
    """A ledger with a key, that was published once."""
    opened("key", "log", "make")
    shutil.copy("svx.db", "copy.db")
    register(opened, 1)
    publish(opened)
    return opened


def test_a_log_that_nobody_publishes_is_in_order(opened: Run) -> None:
    assert found(opened, "log key") == [("ok", "none: the log is not published")]
    assert found(opened, "published") == [("ok", "nothing yet")]


def test_a_published_log_is_in_order(signed: Run) -> None:
    (key,) = found(signed, "log key")

    assert key[0] == "ok"
    assert "svx.log/key" in key[1]
    assert found(signed, "published") == [
        ("ok", "3 of 3 records (signed: 3, integrated: 3)"),
    ]
    assert found(signed, "policy") == []


def test_a_mark_beside_the_ledger_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    beside = found(signed, "mark")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mark"
    shutil.copy("svx.log/mark", elsewhere)
    monkeypatch.setenv("SVX_MARK", str(elsewhere))

    assert beside == [("warning", "svx.log/mark lies beside the ledger")]
    assert found(signed, "mark") == [("ok", f"3 records, in {elsewhere}")]


def test_what_is_signed_and_has_no_quorum_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = SigningKey.generate("witness.example", COSIGNATURE).verifier.text
    Path("policy").write_text(f"witness w {witness} http://127.0.0.1:1\nquorum w\n")
    monkeypatch.setenv("SVX_POLICY", "policy")
    register(signed, 2)
    said = signed("publish", "--to", "public", "--once")
    ((state, detail),) = found(signed, "published")

    assert "It is signed and kept; run again" in " ".join(said.err.split())
    assert (state, detail) == (
        "warning",
        "3 of 4 records (signed: 4, integrated: 4): what is signed has no quorum",
    )


def test_what_nobody_publishes_is_told(signed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    register(signed, 2)
    soon = found(signed, "published")
    monkeypatch.setattr(published, "LATE", timedelta(0))
    ((state, detail),) = found(signed, "published")

    assert [state for state, _ in soon] == ["ok"]
    assert state == "warning"
    assert detail.startswith("3 of 4 records (signed: 3, integrated: 3): since ")


def test_a_policy_that_cannot_be_read_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_POLICY", "nowhere")

    assert found(signed, "policy") == [
        ("failed", "there is no policy nowhere: name the file that has it (SVX_POLICY)")
    ]


def test_a_policy_that_does_not_accept_what_is_published_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_POLICY", "policy")
    Path("policy").write_text("quorum none\n")
    accepted = found(signed, "policy")
    witness = SigningKey.generate("witness.example", COSIGNATURE).verifier.text
    Path("policy").write_text(f"witness w {witness} http://127.0.0.1:1\nquorum w\n")

    assert accepted == [("ok", "policy accepts heads up to 3 of 3 published records")]
    assert found(signed, "policy") == [
        (
            "warning",
            "policy accepts heads up to 0 of 3 published records: the rest have no receipt",
        )
    ]


def test_a_key_that_others_can_read_is_a_failure(signed: Run) -> None:
    Path("svx.log/key").chmod(0o644)
    ((state, detail),) = found(signed, "log key")

    assert state == "failed"
    assert "can be read by others" in detail
    assert "chmod 600" in remedy(signed, "log key")
    assert "copy" not in remedy(signed, "log key")
    assert signed("doctor").code == 3


def test_a_key_file_that_cannot_be_read_is_told_with_its_cause(
    signed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("svx.log/key").unlink()
    Path("svx.log/key").mkdir()
    folder = found(signed, "log key"), remedy(signed, "log key")
    stat = Path.stat

    def closed(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == "key":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", closed)

    assert folder == (
        [("failed", "the log's keys: svx.log/key: Is a directory")],
        "Name the file, not its folder: docs/publishing.md, Settings.",
    )
    assert found(signed, "log key") == [
        ("failed", "the log's keys: svx.log/key: Permission denied")
    ]
    assert remedy(signed, "log key") == "Let this user read and write the file and its folder."


def test_a_mark_that_cannot_be_read_is_told_with_its_cause(signed: Run) -> None:
    Path("svx.log/mark").unlink()
    Path("svx.log/mark").mkdir()

    assert found(signed, "published") == [("failed", "svx.log/mark: Is a directory")]
    assert remedy(signed, "published").startswith("Name the file, not its folder")


def test_publishing_without_a_key_is_a_failure(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_SERVE_PUBLISH", "true")
    none = found(opened, "log key")
    monkeypatch.setenv("SVX_SERVE_ROLE", "api")
    others_do = found(opened, "log key")
    monkeypatch.delenv("SVX_SERVE_ROLE")
    opened("key", "log", "make")
    made = found(opened, "log key")
    Path("svx.log/key").unlink()
    ((away, why),) = found(opened, "log key")

    assert none == [("failed", "none in force, and the log is to be published")]
    assert others_do == [("ok", "none: the log is not published")]
    assert [state for state, _ in made] == ["ok"]
    assert (away, "and the log is to be published" in why) == ("failed", True)


def test_a_key_that_is_not_here_is_told(signed: Run) -> None:
    Path("svx.log/key").unlink()
    ((state, detail),) = found(signed, "log key")

    assert state == "warning"
    assert "in force, and not in svx.log/key" in detail


def test_a_key_that_is_on_no_record_is_told(opened: Run) -> None:
    opened("key", "log", "make")
    key = Path("svx.log/key").read_bytes()
    opened("key", "log", "rotate")
    Path("svx.log/key").write_bytes(key)
    first, second = opened("key", "log", "show", "--json").lines
    opened("key", "log", "revoke", first["key_id"], "--reason", "Lost")

    assert [state for state, _ in found(opened, "log key")] == ["warning"]
    assert found(opened, "log key")[0][1].endswith(second["key_id"])


def test_an_interrupted_attempt_is_told(opened: Run) -> None:
    opened("key", "log", "make")
    opened("init", "--ledger", "sqlite:///other.db", "--origin", "ledger.example/test")
    Path("other.log").mkdir()
    shutil.copy("svx.log/key", "other.log/key")
    lines = opened("doctor", "--json", "--ledger", "sqlite:///other.db").lines
    (one, none) = (line for line in lines if line["check"] == "log key")

    assert (one["state"], none["state"]) == ("warning", "ok")
    assert "not on record" in one["detail"]


def test_a_folder_that_is_not_written_any_more_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "LATE", timedelta(0))
    none = found(signed, "folder")
    monkeypatch.setenv("SVX_SERVE_PUBLISH", "true")
    no_folder = found(signed, "folder")
    shutil.copytree("public", "served")
    monkeypatch.setenv("SVX_SERVE_PUBLISH", "./served")
    whole = found(signed, "folder")
    register(signed, 2)
    publish(signed)
    ((state, behind),) = found(signed, "folder")
    Path("served/checkpoint").unlink()
    ((empty, _),) = found(signed, "folder")
    Path("served/checkpoint").write_text("no note")
    ((damaged, why),) = found(signed, "folder")

    assert (none, no_folder) == ([], [])
    assert whole == [("ok", "3 of 3 published records, in ./served")]
    assert (state, empty, damaged) == ("warning",) * 3
    assert behind.startswith("3 of 4 published records, in ./served: since ")
    assert "served holds no signed checkpoint" in why


def test_places_that_publishing_would_not_find_are_told(
    opened: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_SERVE_PUBLISH", str(tmp_path / "public" / "log"))
    monkeypatch.setenv("SVX_MARK", str(tmp_path / "none" / "mark"))

    assert [state for state, _ in found(opened, "folder")] == ["ok"]
    assert found(opened, "mark") == [
        ("warning", f"the folder of {tmp_path}/none/mark is not there")
    ]
    (tmp_path / "none").mkdir()
    assert found(opened, "mark") == []
    access = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: access(path, mode) and (mode == os.F_OK or "svx.db" in str(path)),
    )
    assert found(opened, "folder") == [
        ("warning", f"{tmp_path}/public/log cannot be written by this user")
    ]
    assert found(opened, "mark") == [
        ("warning", f"{tmp_path}/none/mark cannot be written by this user")
    ]


def test_a_mark_that_cannot_be_written_any_more_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copy("svx.log/mark", folder / "mark")
    monkeypatch.setenv("SVX_MARK", str(folder / "mark"))
    before = found(signed, "mark")
    access = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: access(path, mode) and not (mode == os.W_OK and path == folder),
    )
    closed = found(signed, "mark")

    assert before == [("ok", f"3 records, in {folder}/mark")]
    assert closed == [("warning", f"{folder}/mark cannot be written by this user")]
    assert "Let whoever publishes write it" in remedy(signed, "mark")


def test_the_folder_of_another_log_is_told(
    signed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_SERVE_PUBLISH", "./other")
    Path("other").mkdir()
    note = Path("public/checkpoint").read_text()
    Path("other/checkpoint").write_text(note.replace("\n3\n", "\n4\n", 1))
    longer = found(signed, "folder")
    Path("other/checkpoint").write_text(f"another/log\n{note.partition(chr(10))[2]}")

    assert longer == [("failed", "./other has 4 records, and the log 3")]
    assert found(signed, "folder") == [("warning", "./other holds the log another/log")]


def test_a_restored_ledger_is_a_failure(signed: Run) -> None:
    restore()
    ((state, detail),) = found(signed, "published")

    assert state == "failed"
    assert "epoch start" in detail


def test_a_mark_that_was_left_behind_is_told(signed: Run) -> None:
    mark = Path("svx.log/mark").read_bytes()
    register(signed, 2)
    publish(signed)
    Path("svx.log/mark").write_bytes(mark)
    behind = found(signed, "mark")
    Path("svx.log/mark").unlink()

    different = ("warning", "svx.log/mark and the state know different heads")
    assert behind == [different]
    assert found(signed, "mark") == [different]


@pytest.mark.parametrize("left", [True, False])
def test_a_ledger_that_was_lost_is_restored_and_not_opened(signed: Run, *, left: bool) -> None:
    Path("svx.db").unlink()
    if left:
        Path("svx.db").touch()
    ((state, detail),) = found(signed, "store")
    assert state == "failed"
    assert "but there is a checkpoint of it, svx.log/mark" in detail
    assert '"Restore"' in remedy(signed, "store")
    assert "init" not in remedy(signed, "store")

    said = signed("init", "--json")
    assert said.code == Exit.DAMAGED
    assert "restore the ledger" in said.problem["detail"]
    assert Path("svx.db").exists() == left
    assert not left or Path("svx.db").stat().st_size == 0


@pytest.mark.parametrize("trace", ["svx.log", "svx.views.db"])
def test_an_empty_log_that_is_known_is_no_new_one(tmp_path: Path, trace: str) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'svx.db'}")) as store:
        store.create()
        (new,) = logs.tail(store, Settings(ledger=f"sqlite:///{tmp_path / 'svx.db'}"))
        assert (new.state, "svx-ledger init" in new.remedy) == ("warning", True)
        if trace.endswith(".db"):
            (tmp_path / trace).touch()
        else:
            database = open_state(f"sqlite:///{tmp_path / 'svx.db'}")
            database.create()
            database.close()
        (lost,) = logs.tail(store, Settings(ledger=f"sqlite:///{tmp_path / 'svx.db'}"))
    assert (lost.state, "init" in lost.remedy) == ("failed", False)
    assert '"Restore"' in lost.remedy


def test_a_fault_without_words_has_its_name(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise NotRead

    monkeypatch.setattr(log_keys, "read_log_keys", refuses)
    assert found(opened, "log key") == [("failed", "it cannot be looked at: NotRead")]
