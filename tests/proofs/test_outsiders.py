"""docs/verify: its commands, typed as they stand there, on a log of 70,000 events.

Nothing of ours takes part in the first two thirds of that page: openssl checks signatures,
sha256sum hashes, pymerkle builds the tree.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from svx_ledger.proofs.notes.checkpoint import sign_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import SigningKey
from svx_ledger.proofs.notes.note import NoteSignature, parse_note
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile

from .stored import record
from .written_log import KEY, VKEY, WITNESSES, WrittenLog, records

EVENTS = 70_000
PAGE = Path(__file__).parents[2] / "docs" / "verify" / "README.md"
RECORD = record(position=EVENTS)
KEYS = f"KEY='{VKEY}'\nWITNESS='{WITNESSES[0].verifier.text}'\n"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> WrittenLog:
    """What the page asks for, in a folder."""
    if not all(map(shutil.which, ("bash", "openssl", "sha256sum", "od"))):
        pytest.skip("bash, openssl, sha256sum or od is not installed")
    folder = tmp_path_factory.mktemp("outsider")
    known = [*records(EVENTS - 1), RECORD]
    log = WrittenLog(folder / "log", known, cosigned=[1_760_000_000])
    older = WrittenLog(folder / "before", known[:69_000])
    (folder / "older").write_bytes(older.note())
    (folder / "receipt.tlog-proof").write_bytes(log.receipt(EVENTS - 1).data())
    shutil.copy(PAGE.with_name("verify.py"), folder)
    return log


@pytest.fixture
def log(published: WrittenLog, tmp_path: Path) -> WrittenLog:
    """The same for one test alone, to spoil."""
    folder = tmp_path / "outsider"
    shutil.copytree(published.folder.parent, folder)
    copied = object.__new__(WrittenLog)
    copied.__dict__ |= published.__dict__ | {"folder": folder / "log"}
    return copied


def commands(section: str) -> list[str]:
    """The commands of a part of the page, in order."""
    (part,) = re.findall(
        rf"(?ms)^## {section}$(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8")
    )
    blocks = re.findall(r"(?ms)^```console\n(.*?)^```", part)
    return [
        command.strip()
        for block in blocks
        for command in re.split(r"(?m)^\$ ", block)
        if command.strip()
    ]


def typed(log: WrittenLog, *lines: str) -> subprocess.CompletedProcess[str]:
    """Run commands in one bash that ends at the first that fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", KEYS + "\n".join(lines)],
        cwd=log.folder.parent,
        env={"PATH": path, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def fetching(log: WrittenLog) -> str:
    """The commands that fetch a log, from where this one was moved to."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    (block,) = re.findall(r"(?ms)^```sh\n(LOG=.*?)^```", PAGE.read_text(encoding="utf-8"))
    there = log.folder.rename(log.folder.with_name("there"))
    return str(block).replace("https://ledger.example/log", there.as_uri())


def test_the_log_is_fetched_file_by_file(log: WrittenLog) -> None:
    done = typed(log, fetching(log), *commands("With one file")[:1])

    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified: " in done.stdout


@pytest.mark.parametrize(
    "size",
    [
        "x[$(touch PWNED)]",
        "$(touch PWNED)",
        "1 + x[$(touch PWNED)]",
        "0x10",
        "010",
        "-1",
        "",
        "3\r",
        "1000000000000",
    ],
)
def test_a_log_that_is_fetched_runs_no_command(tmp_path: Path, size: str) -> None:
    log = WrittenLog(tmp_path / "log", records(3))
    note = log.note().replace(b"\n3\n", f"\n{size}\n".encode())
    (log.folder / "checkpoint").write_bytes(note)

    done = typed(log, fetching(log))

    assert (done.returncode, done.stdout) == (1, "the checkpoint has no size\n"), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "there"]
    assert [path.name for path in log.folder.iterdir()] == ["checkpoint"]


def test_the_first_file_that_is_missing_ends_the_fetching(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", records(600))
    note = log.note().replace(b"\n600\n", b"\n999999999999\n")
    (log.folder / "checkpoint").write_bytes(note)

    done = typed(log, "set +e", fetching(log))

    assert done.returncode != 0
    assert done.stderr.count("curl: ") == 1
    fetched = [path for path in log.folder.rglob("*") if path.is_file()]
    assert sorted(path.name for path in fetched) == ["000", "001", "checkpoint"]


def test_openssl_accepts_the_signatures_of_the_log_and_of_a_witness(log: WrittenLog) -> None:
    done = typed(log, *commands("With tools that everybody has"))

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 2
    assert "2025" in done.stdout
    assert "log/tile/entries/273.p/112" in done.stdout
    assert f"index {EVENTS - 1}" in done.stdout
    assert (log.folder.parent / "record.json").read_bytes() == RECORD
    assert "\n112:" in done.stdout  # 69,999 = 273 · 256 + 111, and lines count from 1


def test_openssl_finds_the_signatures_of_two_keys_by_their_ids(log: WrittenLog) -> None:
    before = SigningKey(KEY.name, KEY.algorithm, b"b" * 32)
    witness = WITNESSES[0]
    other = SigningKey(witness.name, witness.algorithm, b"w" * 32)
    signed = parse_note(sign_checkpoint(log.head(), [before, KEY]))
    junk = [NoteSignature(key.name, b"\0\0\0\0", b"junk") for key in (KEY, witness)]
    lines = [f"— {KEY.name} no base64!\n", f"— {witness.name} \n"]
    lines += [line.line for line in (*junk, *signed.signatures)]
    lines += [cosign(key, signed.text_bytes, 1_760_000_000).line for key in (other, witness)]
    (log.folder / "checkpoint").write_text(f"{signed.text}\n{''.join(lines)}", encoding="utf-8")

    for key, cosigner in ((KEY, witness), (before, other)):
        trust = f"KEY='{key.verifier.text}'", f"WITNESS='{cosigner.verifier.text}'"
        done = typed(log, *trust, *commands("With tools that everybody has"))

        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("Signature Verified Successfully") == 2


def test_openssl_is_asked_about_no_signature_of_another_key(log: WrittenLog) -> None:
    trust = f"KEY='{SigningKey(KEY.name, KEY.algorithm, b'b' * 32).verifier.text}'"

    done = typed(log, trust, *commands("With tools that everybody has")[:7])

    assert done.returncode == 1
    assert "no signature of this key" in done.stdout


def test_what_a_log_says_cannot_move_the_cursor(log: WrittenLog) -> None:
    note = log.folder / "checkpoint"
    note.write_bytes(b"\x1b[2J" + note.read_bytes())
    receipt = log.folder.parent / "receipt.tlog-proof"
    receipt.write_bytes(receipt.read_bytes().replace(b"index ", b"index \x1b[2J"))
    shown = [line for line in commands("With tools that everybody has") if "cat -v" in line]

    done = typed(log, *shown)

    assert done.stdout.count("^[[2J") == 2
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("line", [0, 1, 2])
def test_openssl_refuses_a_head_that_was_changed(log: WrittenLog, line: int) -> None:
    note = log.folder / "checkpoint"
    lines = note.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[line] = lines[line].translate(str.maketrans("et0A", "te1B"))
    assert "".join(lines) != note.read_text(encoding="utf-8")
    note.write_text("".join(lines), encoding="utf-8")

    done = typed(log, *commands("With tools that everybody has")[:7])

    assert done.returncode != 0
    assert "Signature Verification Failure" in done.stdout


def test_pymerkle_computes_the_signed_root(log: WrittenLog) -> None:
    done = typed(log, *commands("With a tree that somebody else wrote"))

    assert done.returncode == 0, done.stderr
    assert done.stdout == "70000 entries, the signed root\n"


@pytest.mark.parametrize(
    "tile", [Tile(ENTRIES, 0, 256), Tile(ENTRIES, 200, 256), Tile(ENTRIES, 273, 112)]
)
def test_pymerkle_computes_another_root_where_an_entry_was_changed(
    log: WrittenLog, tile: Tile
) -> None:
    log.spoil(tile, 50)

    done = typed(log, *commands("With a tree that somebody else wrote"))

    assert done.returncode == 1, done.stderr
    assert done.stdout == "70000 entries, ANOTHER ROOT\n"


def test_the_one_file_says_the_same(log: WrittenLog) -> None:
    done = typed(log, *commands("With one file"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("verified: ") == 4
    assert "remembered: its head of 70000 events" in done.stdout


def test_the_one_file_names_the_first_bad_leaf(log: WrittenLog) -> None:
    log.spoil(Tile(ENTRIES, 200, 256), 79 * 3 + 50)

    done = typed(log, *commands("With one file")[:1])

    assert done.returncode == 1
    assert done.stdout.startswith("SVX101 entry does not hash to the signed tree (leaf 51203,")
    assert list(log.folder.parent.glob("svx-evidence-SVX101-*.json"))


def test_the_page_names_every_exit_code_and_finding() -> None:
    from svx_ledger.proofs.finding import Code

    page = PAGE.read_text(encoding="utf-8")

    assert [code for code in Code if str(code) not in page] == []
    assert {int(code) for code in re.findall(r"^\| (\d+) \| ", page, re.MULTILINE)} == {
        *(code.exit_code for code in Code),
        0,
        64,
        70,
    }
