"""Cosignatures to quorum: from witnesses that are there, down, behind, lying or hostile."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Forked
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.cosignature import cosign, cosigned_at
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.publishing.cosigning import witnesses
from svx_ledger.publishing.cosigning.asked_note import SIZE
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witness_call import ANSWER_BYTES
from svx_ledger.publishing.cosigning.witnesses import Cosigned, Witnesses
from svx_ledger.publishing.keys.signing import KeysAtHand
from svx_ledger.publishing.lateness import recorded_on
from svx_ledger.publishing.places import Places
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.releasing import Releaser
from svx_ledger.publishing.signer import Signer
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.witness.answering import Answer
from tests.witness.listening import hostile, http, listening
from tests.witness.logs import LOG_KEY, Log

from .setting import KEY, Desk, records

LOG = Log()
FORK = Log("fork", shared=3)
DOWN = "http://127.0.0.1:1"
KEYS = [SigningKey(f"w{n}.example", COSIGNATURE, sha256(b"%d" % n).digest()) for n in range(4)]


def policy(*urls: str | None, quorum: str = "any") -> Policy:
    """A policy of witnesses a, b, c … at these addresses, of which `quorum` are enough."""
    names = [chr(ord("a") + n) for n in range(len(urls))]
    lines = [f"log {LOG_KEY.verifier.text}"]
    lines += [
        f"witness {name} {key.verifier.text} {url or ''}"
        for name, key, url in zip(names, KEYS, urls, strict=False)
    ]
    lines += [f"group g {quorum} {' '.join(names)}", "quorum g", ""]
    return parse_policy("\n".join(lines))


def ask(asked: Witnesses, size: int, log: Log = LOG, head: int = 0) -> Cosigned:
    return asked.cosign(log.note(size), lambda old: log.proof(old, size), head=head)


@contextmanager
def asking(trusted: Policy, clock: Callable[[], float] = time.time) -> Iterator[Witnesses]:
    with closing(Witnesses(trusted, clock)) as asked:
        yield asked


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[str]]:
    """The addresses of three honest witnesses."""
    with ExitStack() as stack:
        yield [stack.enter_context(listening(tmp_path, key)) for key in KEYS[:3]]


@pytest.fixture
def one(tmp_path: Path) -> Iterator[str]:
    """The address of an honest witness, the first."""
    with listening(tmp_path, KEYS[0]) as url:
        yield url


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an honest second witness, which is asked about one head only."""
    with listening(tmp_path_factory.mktemp("second"), KEYS[1]) as url:
        yield url


def test_a_note_gets_the_cosignatures_that_its_policy_asks_for(three: list[str]) -> None:
    trusted = policy(*three, quorum="all")
    with asking(trusted) as asked:
        got = ask(asked, 5)

    assert got.complete
    assert got.failures == {}
    assert trusted.open(got.note).cosigned.keys() == {"a", "b", "c"}
    assert parse_note(got.note).signatures == (
        *parse_note(LOG.note(5)).signatures,
        *got.signatures,
    )


def test_a_log_that_grows_is_cosigned_at_each_size(three: list[str]) -> None:
    trusted = policy(*three, quorum="all")
    with asking(trusted) as asked:
        opened = [trusted.open(ask(asked, size).note) for size in (0, 1, 4, 4, 9)]

    assert [one.checkpoint for one in opened] == [LOG.head(size) for size in (0, 1, 4, 4, 9)]


def test_enough_of_them_will_do_where_some_are_down(three: list[str]) -> None:
    with asking(policy(three[0], DOWN, three[2], quorum="2")) as asked:
        got = ask(asked, 5)

    assert got.complete
    assert {signature.name for signature in got.signatures} == {"w0.example", "w2.example"}


def test_too_few_are_no_quorum_and_it_is_said_who_failed_and_why(one: str) -> None:
    with asking(policy(one, DOWN, None, quorum="2")) as asked:
        got = ask(asked, 5)

    assert not got.complete
    assert [signature.name for signature in got.signatures] == ["w0.example"]
    assert got.failures == {
        "b": "no answer (ConnectError)",
        "c": "the policy has no address of it",
    }


def test_what_a_note_has_already_is_counted_and_not_asked_again(three: list[str]) -> None:
    with asking(policy(three[0], DOWN, quorum="all")) as asked:
        half = ask(asked, 5)
    with asking(policy(DOWN, three[1], quorum="all")) as asked:
        whole = asked.cosign(half.note, lambda _: [])

    assert not half.complete
    assert whole.complete
    assert whole.failures == {}
    assert len(whole.signatures) == 1
    assert policy(*three[:2], quorum="all").open(whole.note).cosigned.keys() == {"a", "b"}


def test_nobody_is_asked_where_the_policy_asks_for_nobody() -> None:
    trusted = parse_policy(
        f"log {LOG_KEY.verifier.text}\nwitness a {KEYS[0].verifier.text} {DOWN}\nquorum none\n"
    )
    with asking(trusted) as asked:
        got = ask(asked, 5)

    assert got == Cosigned(LOG.note(5), [], True, {})


def test_a_witness_that_the_quorum_does_not_count_is_not_asked(one: str) -> None:
    trusted = parse_policy(
        f"witness a {KEYS[0].verifier.text} {one}\n"
        f"witness b {KEYS[1].verifier.text} {DOWN}\nquorum a\n"
    )
    with asking(trusted) as asked:
        got = ask(asked, 5)

    assert got.complete
    assert got.failures == {}


def test_after_a_restart_the_size_is_learned_from_the_witness(
    tmp_path: Path,
) -> None:
    told: list[Answer] = []
    with listening(tmp_path, KEYS[0], told.append) as url:
        for sizes in [(3, 5), (7, 8)]:  # a new client each time
            with asking(policy(url)) as asked:
                assert all(ask(asked, size).complete for size in sizes)

    assert [answer.status for answer in told] == [200, 200, 409, 200, 200]


def test_another_publisher_that_was_faster_is_no_fork(one: str) -> None:
    with asking(policy(one)) as slow, asking(policy(one)) as fast:
        ask(slow, 3)
        ask(fast, 7)
        late = ask(slow, 5, head=7)
        after = ask(slow, 9, head=9)

    assert late.failures == {"a": "it holds 7 leaves already, more than this note has"}
    assert after.complete


def test_a_log_that_was_restored_from_an_old_copy_is_forked(one: str) -> None:
    with asking(policy(one)) as asked:
        ask(asked, 7)
        with pytest.raises(Forked, match="holds 7 leaves, which are more than the log has"):
            ask(asked, 5)
    with asking(policy(one)) as asked, pytest.raises(Forked, match="epoch start"):
        ask(asked, 5, head=6)


@pytest.mark.parametrize("size", [7, 8, 20])
def test_a_log_that_was_rewritten_is_forked(one: str, size: int) -> None:
    """The other history carries good signatures of the same key, and good proofs of itself."""
    with asking(policy(one)) as asked:
        ask(asked, 7)
    with asking(policy(one)) as asked, pytest.raises(Forked, match="the witness a"):
        ask(asked, size, log=FORK)


def test_a_fork_is_told_though_others_are_down(one: str) -> None:
    with asking(policy(DOWN, one, quorum="all")) as asked:
        ask(asked, 7)
        with pytest.raises(Forked):
            ask(asked, 8, log=FORK)


def test_sizes_of_another_origin_are_not_mixed_up(tmp_path: Path) -> None:
    other = Log(key=SigningKey("log.example/svx/2", LOG_KEY.algorithm, LOG_KEY.seed))
    with listening(tmp_path, KEYS[0]) as url, asking(policy(url)) as asked:
        assert ask(asked, 5).complete
        got = ask(asked, 3, log=other)

    assert got.failures == {"a": "it does not know the log"}


def test_a_failure_to_prove_is_the_logs_own_and_is_raised(one: str) -> None:
    def broken(old: int) -> list[bytes]:
        raise Refused(Code.ENTRY_NOT_IN_TREE, f"no proof from {old}")

    with asking(policy(one)) as asked:
        ask(asked, 3)
        with pytest.raises(Refused, match="no proof from 3"):
            asked.cosign(LOG.note(5), broken)
        assert ask(asked, 5).complete


def test_a_proof_is_made_in_the_thread_that_asks(one: str) -> None:
    threads = []

    def prove(old: int) -> list[bytes]:
        threads.append(threading.current_thread())
        return LOG.proof(old, 5)

    with asking(policy(one)) as asked:
        ask(asked, 3)
        asked.cosign(LOG.note(5), prove)

    assert threads == [threading.current_thread()]


def test_a_wrong_cosignature_that_a_note_carries_is_refused() -> None:
    parsed = parse_note(LOG.note(5))
    wrong = cosign(KEYS[0], LOG.head(6).body, 1)
    note = Note(parsed.text, (*parsed.signatures, wrong)).data()

    with asking(policy(DOWN)) as asked, pytest.raises(Refused, match="SVX201"):
        asked.cosign(note, lambda _: [])


def test_an_address_that_is_not_http_is_refused() -> None:
    with pytest.raises(ValueError, match="the witness a"):
        Witnesses(policy("file:///etc/passwd"))


def line(key: SigningKey, time: float, size: int = 5) -> bytes:
    return cosign(key, LOG.head(size).body, int(time)).line.encode()


GOOD = line(KEYS[0], time.time())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http(200, b""), "SVX301"),
        (http(200, b"\xff\x00 garbage"), "SVX301"),
        (http(200, line(KEYS[1], time.time())), "the key that the policy has"),
        (http(200, line(KEYS[0], time.time(), size=4)), "SVX201"),
        (http(200, GOOD + GOOD), "SVX301"),
        (http(200, LOG.note(6) + GOOD), "something else than signatures"),
        (http(200, b"x\n\n" + GOOD), "something else than signatures"),
        (http(200, line(KEYS[0], time.time() - 3600)), "seconds from the clock"),
        (http(200, line(KEYS[0], time.time() + 3600)), "seconds from the clock"),
        (http(200, b"x" * (ANSWER_BYTES + 1)), "more than 65536 bytes"),
        (http(302, b""), "status 302"),
        (http(400, b""), "malformed"),
        (http(403, b""), "trusts no key"),
        (http(422, b""), "status 422"),
        (http(500, b""), "status 500"),
        (http(409, b"0\n", SIZE), "does not take it"),
        (http(409, b"3\n"), "without the size"),
        (http(409, b"3", SIZE), "without the size"),
        (http(409, b"+3\n", SIZE), "without the size"),
        (http(409, b"9" * 60_000 + b"\n", SIZE), "without the size"),
        (b"not HTTP at all\r\n\r\n", "no answer (RemoteProtocolError)"),
        (b"", "no answer (RemoteProtocolError)"),
        (b"HTTP/1.1 200 X\r\n" + b"x: y\r\n" * 200_000, "no answer (RemoteProtocolError)"),
    ],
)
def test_a_bad_answer_costs_one_witness_and_no_more(
    second: str, answer: bytes, why: str
) -> None:
    def bad(connection: socket.socket, number: int) -> None:
        del number
        connection.sendall(answer)

    with hostile(bad) as url, asking(policy(url, second, quorum="all")) as asked:
        got = ask(asked, 5)

    assert why in got.failures["a"]
    assert [signature.name for signature in got.signatures] == ["w1.example"]


def test_a_good_line_among_others_is_kept_alone() -> None:
    stranger = NoteSignature("stranger.example", bytes(4), bytes(72)).line.encode()

    def good(connection: socket.socket, number: int) -> None:
        del number
        connection.sendall(http(200, stranger + line(KEYS[0], time.time())))

    with hostile(good) as url, asking(policy(url)) as asked:
        [kept] = ask(asked, 5).signatures

    assert kept.name == "w0.example"
    assert cosigned_at(KEYS[0].verifier, LOG.head(5).body, kept) > 0


def test_a_witness_that_tells_another_size_each_time_is_given_up() -> None:
    asked_times = []

    def turning(connection: socket.socket, number: int) -> None:
        asked_times.append(number)
        connection.sendall(http(409, b"%d\n" % (1 + number % 2), SIZE))

    with hostile(turning) as url, asking(policy(url)) as asked:
        got = ask(asked, 5)

    assert got.failures == {"a": "it holds another size each time it is asked"}
    assert len(asked_times) == 3


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 X\r\n", http(200, b"x" * 60_000)[:100]])
def test_an_answer_that_drips_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, second: str, first: bytes
) -> None:
    monkeypatch.setattr(witnesses, "WITNESS_SECONDS", 0.5)
    ended = threading.Event()

    def dripping(connection: socket.socket, number: int) -> None:
        del number
        connection.sendall(first)
        while not ended.wait(0.02):
            connection.sendall(b"x")

    with hostile(dripping) as url, asking(policy(url, second, quorum="all")) as asked:
        try:
            got = ask(asked, 5)
        finally:
            ended.set()

    assert got.failures == {"a": "no answer in 0.5 seconds"}
    assert len(got.signatures) == 1


def test_a_publisher_that_is_stopped_waits_for_no_witness(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service is to be gone in ten seconds, whatever witnesses do."""
    monkeypatch.setattr(witnesses, "WITNESS_SECONDS", 3_600.0)
    is_asked, ended = threading.Event(), threading.Event()

    def hanging(connection: socket.socket, number: int) -> None:
        del connection, number
        is_asked.set()
        ended.wait()

    here.grow(records(10))
    with hostile(hanging) as url, asking(policy(url)) as asked, ExitStack() as stack:
        stack.callback(ended.set)
        places = Places(quorum=Quorum(policy(url), asked))
        store = stack.enter_context(closing(open_store(here.url)))
        database = stack.enter_context(closing(open_state(here.url)))
        signer = Signer(store, database, KeysAtHand(lambda: [KEY]), places)
        releaser = Releaser(places, recorded_on(store))
        publisher = Publisher(signer, releaser, give_up=asked.give_up)
        publisher.start()
        assert is_asked.wait(60)
        publisher.stop()

        assert publisher.report.released is None
        assert publisher.report.witness_failures == {"w0.example": 0}


def test_a_quorum_does_not_wait_for_the_slow(three: list[str]) -> None:
    """The slow one answers only once the others' quorum is there."""
    ended = threading.Event()

    def waiting(connection: socket.socket, number: int) -> None:
        del connection, number
        ended.wait(60)

    with hostile(waiting) as url, asking(policy(three[0], url, three[2], quorum="2")) as asked:
        try:
            got = ask(asked, 5)
        finally:
            ended.set()

    assert got.complete
    assert got.failures == {}
