"""The statuses of C2SP tlog-witness v1.0.0, and that no request makes the witness fail."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.proofs.notes.checkpoint import sign_checkpoint
from svx_ledger.proofs.notes.cosignature import cosigned_at
from svx_ledger.proofs.notes.keys import ED25519, SigningKey, VerifierKey
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.witness.answering import SIZE, Witness
from svx_ledger.witness.private_file import Unfit
from svx_ledger.witness.request import parse_request
from svx_ledger.witness.state import State, create_state

from .conftest import NOON
from .logs import LOG_KEY, ORIGIN, WITNESS_KEY, Log, request

LOG = Log()
FORK = Log("fork", shared=3)
OTHER_KEY = SigningKey(ORIGIN, ED25519, sha256(b"other").digest())


def test_200_is_one_cosignature_line_of_the_head(witness: Witness) -> None:
    answer = witness.add_checkpoint(LOG.request(0, 5))
    note = parse_note(LOG.head(5).body + b"\n" + answer.body)

    assert (answer.status, answer.origin) == (200, ORIGIN)
    assert note.text_bytes == LOG.head(5).body
    [signature] = note.signatures
    assert cosigned_at(WITNESS_KEY.verifier, LOG.head(5).body, signature) == NOON


def test_404_for_a_log_that_is_not_known(witness: Witness) -> None:
    stranger = Log(key=SigningKey("log.example/other", ED25519, LOG_KEY.seed))

    answer = witness.add_checkpoint(stranger.request(0, 5))

    assert (answer.status, answer.origin) == (404, None)


@pytest.mark.parametrize(
    "note",
    [
        Log(key=OTHER_KEY).note(5),
        LOG.note(5).replace(b"\n5\n", b"\n6\n"),
        Note(
            LOG.head(5).body.decode(),
            (NoteSignature(ORIGIN, LOG_KEY.verifier.key_id, bytes(64)),),
        ).data(),
    ],
    ids=["another key of its name", "another size", "no signature"],
)
def test_403_without_a_signature_of_a_key_that_is_trusted(
    witness: Witness, note: bytes
) -> None:
    assert witness.add_checkpoint(request(0, [], note)).status == 403


def test_signatures_of_unknown_keys_are_passed_over(witness: Witness) -> None:
    parsed = parse_note(LOG.note(5))
    stranger = NoteSignature("stranger.example", bytes(4), bytes(64))
    whole = Note(parsed.text, (stranger, *parsed.signatures, stranger)).data()

    assert witness.add_checkpoint(request(0, [], whole)).status == 200


def with_junk(note: bytes, count: int = 20) -> bytes:
    """A note with lines ahead that nobody signed, in the log's name and in others'."""
    parsed = parse_note(note)
    names = [ORIGIN if n % 2 else "stranger.example" for n in range(count)]
    junk = [NoteSignature(name, bytes([n] * 4), bytes(64)) for n, name in enumerate(names)]
    return Note(parsed.text, (*junk, *parsed.signatures)).data()


def test_of_a_note_the_log_s_own_signatures_are_kept(witness: Witness, state: State) -> None:
    first = witness.add_checkpoint(request(0, [], with_junk(LOG.note(5))))
    kept = state.heads()[ORIGIN].note
    again = witness.add_checkpoint(request(5, [], with_junk(LOG.note(5))))
    larger = witness.add_checkpoint(request(5, LOG.proof(5, 9), with_junk(LOG.note(9), 60)))

    assert [one.status for one in (first, again, larger)] == [200, 200, 200]
    assert kept == LOG.note(5)
    assert state.heads()[ORIGIN].note == LOG.note(9)


def test_the_same_head_again_takes_no_signature_away(state: State) -> None:
    keys = [LOG_KEY, OTHER_KEY]
    witness = Witness(WITNESS_KEY, [key.verifier for key in keys], state, lambda: NOON)
    both = sign_checkpoint(LOG.head(5), keys)
    witness.add_checkpoint(request(0, [], both))
    for note in (LOG.note(5), with_junk(LOG.note(5)), Log(key=OTHER_KEY).note(5)):
        assert witness.add_checkpoint(request(5, [], note)).status == 200

        assert state.heads()[ORIGIN].note == both


def test_the_same_head_again_adds_what_was_left_out(state: State) -> None:
    keys = [LOG_KEY, OTHER_KEY]
    witness = Witness(WITNESS_KEY, [key.verifier for key in keys], state, lambda: NOON)
    witness.add_checkpoint(LOG.request(0, 5))
    witness.add_checkpoint(Log(key=OTHER_KEY).request(5, 5))

    assert state.heads()[ORIGIN].note == sign_checkpoint(LOG.head(5), keys)


def test_lines_that_were_kept_before_go_when_the_head_comes_again(
    witness: Witness, state: State, state_file: Path
) -> None:
    """A witness of before kept notes as they were sent, with whatever was in them."""
    witness.add_checkpoint(LOG.request(0, 5))
    with closing(sqlite3.connect(state_file)) as other, other:
        other.execute("UPDATE cosigned SET note = ?", (with_junk(LOG.note(5)),))
    witness.add_checkpoint(LOG.request(5, 5))

    assert state.heads()[ORIGIN].note == LOG.note(5)


def test_of_two_roots_the_log_s_own_signatures_are_kept(
    witness: Witness, state_file: Path
) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    witness.add_checkpoint(request(5, [], with_junk(FORK.note(5))))

    with closing(sqlite3.connect(state_file)) as kept:
        assert kept.execute("SELECT held, other FROM two_roots").fetchall() == [
            (LOG.note(5), FORK.note(5))
        ]


def test_any_of_several_keys_of_a_log_will_do(state: State) -> None:
    witness = Witness(WITNESS_KEY, [LOG_KEY.verifier, OTHER_KEY.verifier], state)

    assert witness.add_checkpoint(LOG.request(0, 3)).status == 200
    assert witness.add_checkpoint(Log(key=OTHER_KEY).request(3, 5)).status == 200


@pytest.mark.parametrize(
    "body", [b"", b"old 0\n\n", request(6, [], LOG.note(5)), LOG.request(0, 5) * 2]
)
def test_400_for_what_is_no_request(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400


def test_409_tells_the_size_that_is_held(witness: Witness) -> None:
    never = witness.add_checkpoint(LOG.request(3, 5))
    witness.add_checkpoint(LOG.request(0, 5))
    behind = witness.add_checkpoint(LOG.request(3, 6))

    assert (never.status, never.body, never.media_type) == (409, b"0\n", SIZE)
    assert (behind.status, behind.body, behind.media_type) == (409, b"5\n", SIZE)


def test_409_for_another_root_at_the_size_that_is_held(
    witness: Witness, state_file: Path
) -> None:
    witness.add_checkpoint(LOG.request(0, 5))

    answer = witness.add_checkpoint(FORK.request(5, 5))

    assert (answer.status, answer.body) == (409, b"5\n")
    assert "TWO ROOTS" in answer.why
    with closing(sqlite3.connect(state_file)) as kept:
        assert kept.execute("SELECT * FROM two_roots").fetchall() == [
            (ORIGIN, 5, LOG.note(5), FORK.note(5))
        ]


def test_422_for_a_proof_that_does_not_hold(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 5))

    answer = witness.add_checkpoint(FORK.request(5, 7))

    assert answer.status == 422
    assert witness.add_checkpoint(LOG.request(5, 7)).status == 200


def test_503_while_the_clock_is_behind_what_was_stated(state: State) -> None:
    times = iter([NOON, NOON - 3600, NOON + 1])
    witness = Witness(WITNESS_KEY, [LOG_KEY.verifier], state, lambda: next(times))
    sent = [LOG.request(0, 5), LOG.request(5, 6), LOG.request(5, 6)]

    assert [witness.add_checkpoint(one).status for one in sent] == [200, 503, 200]


def test_503_and_no_cosignature_where_the_state_takes_nothing(
    witness: Witness, state: State
) -> None:
    state.close()

    answer = witness.add_checkpoint(LOG.request(0, 5))

    assert answer.status == 503
    assert b"witness.example" not in answer.body


def test_logs_are_witnessed_apart(state: State) -> None:
    other = Log(key=SigningKey("log.example/other", ED25519, sha256(b"2").digest()))
    witness = Witness(WITNESS_KEY, [LOG_KEY.verifier, other.key.verifier], state)

    assert witness.add_checkpoint(LOG.request(0, 5)).status == 200
    assert witness.add_checkpoint(other.request(0, 2)).status == 200
    assert witness.add_checkpoint(LOG.request(5, 6)).status == 200


@pytest.mark.parametrize(
    "logs",
    [
        [],
        [WITNESS_KEY.verifier],
        [SigningKey(ORIGIN, ED25519, WITNESS_KEY.seed).verifier],
    ],
    ids=["none", "a witness", "its own key"],
)
def test_a_witness_is_of_logs_and_not_of_itself(
    state: State, logs: Iterable[VerifierKey]
) -> None:
    with pytest.raises(Unfit):
        Witness(WITNESS_KEY, logs, state)


LOGS = st.sampled_from([LOG, FORK])
SIZES = st.integers(0, 9)
HEADS = st.builds(lambda log, size: log.note(size), LOGS, SIZES)
PROOFS = st.lists(st.binary(min_size=32, max_size=32), max_size=5)
REQUESTS = st.one_of(
    st.builds(lambda log, one, two: log.request(*sorted((one, two))), LOGS, SIZES, SIZES),
    st.builds(request, SIZES, PROOFS, HEADS),
    st.builds(
        lambda whole, at, more: whole[:at] + more + whole[at:],
        st.just(LOG.request(3, 5)),
        st.integers(0, 300),
        st.binary(max_size=5),
    ),
    st.binary(max_size=200),
)


@settings(max_examples=60)
@given(st.lists(REQUESTS, max_size=30))
def test_whatever_is_asked_one_size_gets_one_root_and_nothing_goes_back(
    bodies: list[bytes],
) -> None:
    cosigned = []
    with TemporaryDirectory() as folder, new_witness(Path(folder)) as witness:
        for body in bodies:
            answer = witness.add_checkpoint(body)
            assert answer.status in {200, 400, 403, 404, 409, 422}
            if answer.status == 200:
                cosigned.append(parse_request(body).head)

    assert cosigned == sorted(cosigned, key=lambda head: head.size)
    assert len({head.size for head in cosigned}) == len(set(cosigned))


@contextmanager
def new_witness(folder: Path) -> Iterator[Witness]:
    create_state(folder / "state", WITNESS_KEY.verifier)
    with closing(State(folder / "state", WITNESS_KEY.verifier)) as state:
        yield Witness(WITNESS_KEY, [LOG_KEY.verifier], state)
