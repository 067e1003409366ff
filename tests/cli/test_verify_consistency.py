"""`verify consistency`: one signed head goes on from another."""

from pathlib import Path

from tests.proofs.written_log import VKEY, WrittenLog, records

from .conftest import Run


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
