"""`verify database` of the wrong ledger: asked about before anybody is accused."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.cli.verify.whose import doubt_of
from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from tests.proofs.written_log import VKEY, WrittenLog
from tests.publishing import setting

from .conftest import Run


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
