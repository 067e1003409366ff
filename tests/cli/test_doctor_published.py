"""What `doctor` finds of the published log: its keys, and whether the ledger was restored."""

import shutil
from pathlib import Path

import pytest

from .conftest import Run
from .test_epochs import publish, register, restore


def found(svx: Run, check: str) -> list[tuple[str, str]]:
    """The state and the detail of each finding of one check."""
    lines = svx("doctor", "--json").lines
    return [(one["state"], one["detail"]) for one in lines if one["check"] == check]


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
    assert found(signed, "published") == [("ok", "3 records, as svx.log/mark says")]


def test_a_key_that_others_can_read_is_a_failure(signed: Run) -> None:
    Path("svx.log/key").chmod(0o644)
    ((state, detail),) = found(signed, "log key")

    assert state == "failed"
    assert "can be read by others" in detail
    assert signed("doctor").code == 3


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
    behind = found(signed, "published")
    Path("svx.log/mark").unlink()

    assert [state for state, _ in behind] == ["warning"]
    assert [state for state, _ in found(signed, "published")] == ["warning"]
