"""What was cosigned is kept, of one key, and never goes back."""

import sqlite3
import threading
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.witness.answering import Answer, Witness
from svx_ledger.witness.private_file import Unfit
from svx_ledger.witness.state import State, create_state

from .logs import LOG_KEY, WITNESS_KEY, Log

LOG = Log()


def test_what_was_cosigned_is_there_after_a_restart(state_file: Path) -> None:
    for old, new in [(0, 3), (3, 5)]:
        with closing(State(state_file, WITNESS_KEY.verifier)) as state:
            witness = Witness(WITNESS_KEY, [LOG_KEY.verifier], state)
            assert witness.add_checkpoint(LOG.request(old, new)).status == 200

    with closing(State(state_file, WITNESS_KEY.verifier)) as state:
        answer = Witness(WITNESS_KEY, [LOG_KEY.verifier], state).add_checkpoint(
            LOG.request(0, 9)
        )
    assert answer.body == b"5\n"


def test_only_its_owner_reads_it(state: State, state_file: Path) -> None:
    witness = Witness(WITNESS_KEY, [LOG_KEY.verifier], state)
    witness.add_checkpoint(LOG.request(0, 3))

    files = list(state_file.parent.glob("state*"))

    assert len(files) == 3  # with its WAL
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_the_state_of_another_key_is_refused(state_file: Path) -> None:
    other = SigningKey(WITNESS_KEY.name, COSIGNATURE, sha256(b"other").digest())

    with pytest.raises(Unfit, match="another key"):
        State(state_file, other.verifier)


def test_a_state_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="new key under a new name"):
        State(tmp_path / "gone", WITNESS_KEY.verifier)

    assert list(tmp_path.iterdir()) == []


def test_a_state_that_is_there_is_not_emptied(state_file: Path) -> None:
    before = state_file.read_bytes()

    with pytest.raises(Unfit, match="there already"):
        create_state(state_file, WITNESS_KEY.verifier)

    assert state_file.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no database at all" * 300])
def test_another_file_is_no_state(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(Unfit):
        State(tmp_path / "file", WITNESS_KEY.verifier)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cosigned SET size = 2",
        "UPDATE cosigned SET root = zeroblob(32)",
        "UPDATE cosigned SET time = time - 1",
        "UPDATE cosigned SET origin = 'log.example/other'",
        "DELETE FROM cosigned",
    ],
)
def test_the_file_itself_refuses_to_go_back(
    witness: Witness, state_file: Path, statement: str
) -> None:
    witness.add_checkpoint(LOG.request(0, 3))

    with closing(sqlite3.connect(state_file)) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute(statement)


@pytest.mark.parametrize("processes", [1, 2])
def test_of_two_histories_at_once_one_wins(state_file: Path, processes: int) -> None:
    """Two states on one file stand for two processes."""
    histories = [Log(f"history {number}") for number in range(4)]
    states = [State(state_file, WITNESS_KEY.verifier) for _ in range(processes)]
    witnesses = [Witness(WITNESS_KEY, [LOG_KEY.verifier], state) for state in states]
    answers: list[Answer] = []
    ready = threading.Barrier(len(histories))

    def ask(witness: Witness, body: bytes) -> None:
        ready.wait()
        answers.append(witness.add_checkpoint(body))

    threads = [
        threading.Thread(
            target=ask, args=(witnesses[number % processes], history.request(0, 5))
        )
        for number, history in enumerate(histories)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for state in states:
        state.close()

    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
