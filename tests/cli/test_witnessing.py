"""`witness key`, `witness show`, and what keeps `witness serve` from starting."""

from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.proofs.notes.keys import COSIGNATURE, parse_verifier_key
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.witness.answering import Witness
from svx_ledger.witness.key_file import read_key, write_key
from svx_ledger.witness.state import State
from tests.witness.logs import LOG_KEY, ORIGIN, Log

from .conftest import Run

NAME = "witness.example/w1"
LOG = LOG_KEY.verifier.text
MAKE = ("witness", "key", "--name", NAME, "--out", "w.key")


def test_a_key_is_made_with_its_state_and_its_public_half_is_printed(
    svx: Run, tmp_path: Path
) -> None:
    said = svx(*MAKE)

    key = parse_verifier_key(said.out.removesuffix("\n"))
    assert said.code == Exit.DONE
    assert (key.name, key.algorithm) == (NAME, COSIGNATURE)
    assert read_key(tmp_path / "w.key").verifier == key
    State(tmp_path / "w.key.state", key).close()
    assert "PRIVATE" not in said.out + said.err


def test_a_key_is_printed_for_programs(svx: Run, tmp_path: Path) -> None:
    said = svx(*MAKE, "--json", "--state", "elsewhere")

    key = read_key(tmp_path / "w.key").verifier
    assert said.json == {"name": NAME, "verifier_key": key.text}
    State(tmp_path / "elsewhere", key).close()


def test_a_key_that_is_there_is_not_replaced(svx: Run, tmp_path: Path) -> None:
    svx(*MAKE)
    before = (tmp_path / "w.key").read_bytes()

    said = svx(*MAKE)

    assert said.code == Exit.USAGE
    assert (tmp_path / "w.key").read_bytes() == before


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_no_key_can_have_is_refused(svx: Run, tmp_path: Path, name: str) -> None:
    said = svx("witness", "key", "--name", name, "--out", "w.key")

    assert said.code == Exit.USAGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--log", LOG, "--key", "gone"), "gone: No such file"),
        (("--log", LOG, "--state", "gone"), "must not cosign again"),
        (("--log", LOG, "--state", "other.key.state"), "another key"),
        (("--log", LOG, "--key", "log.key"), "key of a log"),
        (("--log", "log.example/svx"), "--log takes a verifier key"),
        (("--log", LOG, "--listen", "8100"), "--listen takes"),
        (("--log", LOG, "--listen", "127.0.0.1:99999999"), "--listen takes"),
        (("--log", LOG, "--listen", "192.0.2.1:0"), "192.0.2.1:0: "),
    ],
)
def test_a_witness_that_cannot_be_run_says_why(
    svx: Run, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    svx(*MAKE)
    svx("witness", "key", "--name", NAME, "--out", "other.key")
    write_key(tmp_path / "log.key", LOG_KEY)

    said = svx(
        "witness", "serve", *(("--key", "w.key") if "--key" not in options else ()), *options
    )

    assert said.code == Exit.USAGE
    assert why in said.err
    assert "PRIVATE" not in said.err


def cosigned(tmp_path: Path, *requests: bytes) -> None:
    """Have the witness cosign what it is asked, at a fixed time."""
    key = read_key(tmp_path / "w.key")
    with closing(State(tmp_path / "w.key.state", key.verifier)) as state:
        witness = Witness(key, [LOG_KEY.verifier], state, lambda: 1_800_000_000)
        for request in requests:
            witness.add_checkpoint(request)


def test_it_shows_what_it_cosigned_last(svx: Run, tmp_path: Path) -> None:
    vkey = svx(*MAKE).out
    nothing = svx("witness", "show", "--key", "w.key")
    log = Log()
    cosigned(tmp_path, log.request(0, 3), log.request(3, 5))

    said = svx("witness", "show", "--key", "w.key")
    told = svx("witness", "show", "--key", "w.key", "--json").json
    root = base64_text(log.root(5))

    assert nothing.out == f"{vkey}nothing was cosigned yet\n"
    assert said.out.startswith(vkey)
    assert said.out.splitlines()[-1].split() == [ORIGIN, "5", root, "2027-01-15T08:00:00Z"]
    assert told == {
        "name": NAME,
        "verifier_key": vkey.removesuffix("\n"),
        "logs": [
            {
                "origin": ORIGIN,
                "size": 5,
                "root": root,
                "cosigned_at": 1_800_000_000,
                "note": log.note(5).decode(),
            }
        ],
        "two_roots": [],
    }
    assert "PRIVATE" not in said.out + said.err


def test_it_shows_that_a_log_signed_two_roots(svx: Run, tmp_path: Path) -> None:
    svx(*MAKE)
    fork = Log("fork", shared=3)
    cosigned(tmp_path, Log().request(0, 5), fork.request(5, 5))

    said = svx("witness", "show", "--key", "w.key")

    assert f"TWO ROOTS: {ORIGIN} signed another one at 5 leaves" in said.out
    told = svx("witness", "show", "--key", "w.key", "--json").json
    assert told["two_roots"] == [{"origin": ORIGIN, "size": 5}]


@pytest.mark.parametrize("gone", ["w.key", "w.key.state"])
def test_without_key_or_state_nothing_is_shown(svx: Run, tmp_path: Path, gone: str) -> None:
    svx(*MAKE)
    (tmp_path / gone).unlink()

    said = svx("witness", "show", "--key", "w.key")

    assert (said.code, said.out) == (Exit.USAGE, "")
    assert gone in said.err
