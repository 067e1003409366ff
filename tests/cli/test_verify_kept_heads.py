"""`verify database` held to heads that were kept: by whoever checks, by the publisher."""

from contextlib import closing
from pathlib import Path

from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.notes.keys import parse_signing_key
from tests.proofs.written_log import WrittenLog, policy_text

from .conftest import Run


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
