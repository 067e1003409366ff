"""A publisher in its threads: it keeps up, goes on after faults, and ends at a fork."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import pairwise
from time import monotonic, sleep

import pytest

from svx_ledger.domain.book import LogKeyAdded
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Forked
from svx_ledger.proofs.notes.cosignature import cosigned_at
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Witnesses
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.renewing import RENEW_SECONDS
from svx_ledger.publishing.state.database import NotPublished

from .setting import (
    KEY,
    ORIGIN,
    Desk,
    added,
    append,
    key_number,
    naive_note,
    records,
    revoked,
)
from .witnessed import KEY as WITNESS_KEY
from .witnessed import FileWitness

PATIENCE_SECONDS = 30.0


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail where it does not in time."""
    end = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < end, "not in time"
        sleep(0.01)


def published_size(publisher: Publisher) -> int:
    """How much is published."""
    released = publisher.report.released
    return released.checkpoint.size if released else 0


@contextmanager
def running(publisher: Publisher) -> Iterator[None]:
    """Let a publisher run meanwhile."""
    publisher.start()
    try:
        yield
    finally:
        publisher.stop()


def by_the_log(note: bytes | None) -> bytes:
    """A note as the log signed it, without cosignatures."""
    assert note is not None
    text, _, lines = note.partition(b"\n\n")
    return text + b"\n\n" + lines.splitlines(keepends=True)[0]


def test_it_keeps_up_with_the_log(desk: Desk) -> None:
    sizes = (10, 20, 300, 301, 600)
    rows = records(sizes[-1])
    desk.grow(rows[: sizes[0]])
    with desk.publisher() as publisher, running(publisher):
        with closing(open_store(desk.url)) as store:
            for before, size in pairwise(sizes):
                append(store, rows[before:size])
                publisher.hint()
                until(lambda size=size: published_size(publisher) == size)  # type: ignore[misc]
                assert (desk.published / "checkpoint").read_bytes() == naive_note(rows, size)

        assert publisher.report.fault is None


def test_it_goes_on_once_a_fault_is_over(here: Desk) -> None:
    rows = records(15)
    here.grow(rows[:10])
    here.mark.mkdir()  # no file can be written there
    with here.publisher() as publisher, running(publisher):
        until(lambda: publisher.report.fault is not None)
        here.mark.rmdir()
        until(lambda: published_size(publisher) == 10)
        shutil.rmtree(here.folder / "ledger.log")
        here.grow(rows)
        until(lambda: published_size(publisher) == 15)
        until(lambda: publisher.report.fault is None)

        assert not publisher.report.forked
    assert (here.published / "checkpoint").read_bytes() == naive_note(rows, 15)


def test_a_key_that_is_added_while_it_runs_signs_from_its_first_checkpoint_on(
    here: Desk,
) -> None:
    """As `key log rotate` does it: first the file, then the ledger; then the old one goes."""
    first, second = key_number(1), key_number(2)
    rows = records(40, own={20: added(2), 30: revoked(1)})
    file = [first]
    here.grow(rows[:10])
    with here.publisher(file) as publisher, running(publisher):
        until(lambda: published_size(publisher) == 10)
        file.append(second)
        here.grow(rows[:20])
        until(lambda: published_size(publisher) == 20)
        here.grow(rows)
        until(lambda: published_size(publisher) == 40)

        assert (publisher.report.fault, publisher.report.missing) == (None, ())
    assert here.notes()[20][0] == naive_note(rows, 20, [first, second])
    assert here.notes()[40][0] == naive_note(rows, 40, [second])


def test_a_key_that_is_in_force_and_not_in_the_file_is_named(
    here: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = key_number(1), key_number(2)
    rows = records(20, own={10: added(2)})
    away = f"{ORIGIN}+{second.verifier.key_id.hex()}"
    file = [first]
    here.grow(rows[:12])
    with here.publisher(file) as publisher:
        list(publisher.once())
        list(publisher.once())
        while_away = publisher.report.missing
        file.append(second)
        here.grow(rows)
        list(publisher.once())

        assert (while_away, publisher.report.missing) == ((away,), ())
    assert [line.getMessage() for line in caplog.records] == [
        f"in force, and not in the key file: {away}"
    ]
    assert here.notes()[12][0] == naive_note(rows, 12, [first])
    assert here.notes()[20][0] == naive_note(rows, 20, [first, second])


def test_no_part_of_a_key_is_in_what_it_says(here: Desk) -> None:
    """Base64 has plus signs, too."""
    key = next(one for one in map(key_number, range(256)) if "+" in one.verifier.text[-44:])
    own = LogKeyAdded(verifier_key=key.verifier.text)
    here.grow(records(5, own={3: own, 4: revoked(1)}))

    with pytest.raises(NotPublished) as told:
        here.publish([KEY])
    assert f" {ORIGIN}+{key.verifier.key_id.hex()} there" in str(told.value)


def test_it_ends_where_the_log_is_not_the_one_it_published(here: Desk) -> None:
    here.grow(records(10))
    with here.publisher() as publisher, running(publisher):
        until(lambda: published_size(publisher) == 10)
        before = here.notes()
        here.mark.write_bytes(naive_note(records(11), 11))

        assert publisher.wait(PATIENCE_SECONDS)
        assert publisher.report.forked
        assert "mark knows 11 records" in (publisher.report.fault or "")
        here.grow(records(20))
        sleep(0.5)
        assert here.notes() == before


def test_without_a_quorum_it_signs_and_publishes_nothing(here: Desk) -> None:
    rows = records(30)
    witness = FileWitness(here.folder / "witness")
    here.grow(rows[:10])
    here.publish(quorum=witness.quorum())
    witness.is_down = True
    here.grow(rows)
    with pytest.raises(NotPublished, match="too few witnesses cosigned the head of 30 records"):
        here.publish(quorum=witness.quorum())

    assert here.notes()[30] == (naive_note(rows, 30), None)
    assert here.mark.read_bytes() == naive_note(rows, 30)
    assert by_the_log((here.published / "checkpoint").read_bytes()) == naive_note(rows, 10)

    witness.is_down = False
    here.publish(quorum=witness.quorum())

    assert by_the_log((here.published / "checkpoint").read_bytes()) == naive_note(rows, 30)


def test_a_log_that_was_cosigned_goes_on_without_only_where_a_policy_says_so(
    here: Desk,
) -> None:
    rows = records(30)
    witness = FileWitness(here.folder / "witness")
    here.grow(rows[:10])
    here.publish(quorum=witness.quorum())
    here.grow(rows[:20])
    with pytest.raises(NotPublished, match=r"SVX_POLICY.*quorum none"):
        here.publish()

    assert here.notes()[20] == (naive_note(rows, 20), None)
    assert by_the_log((here.published / "checkpoint").read_bytes()) == naive_note(rows, 10)

    nobody = Policy((), {}, {}, "none")
    with closing(Witnesses(nobody)) as witnesses:
        here.publish(quorum=Quorum(nobody, witnesses))
    assert (here.published / "checkpoint").read_bytes() == naive_note(rows, 20)


@pytest.mark.parametrize("length", [10, 20])
def test_a_cosigned_folder_is_known_also_where_the_state_was_lost(
    here: Desk, length: int
) -> None:
    rows = records(20)
    witness = FileWitness(here.folder / "witness")
    here.grow(rows[:10])
    here.publish(quorum=witness.quorum())
    cosigned = (here.published / "checkpoint").read_bytes()
    shutil.rmtree(here.folder / "ledger.log")
    here.grow(rows[:length])
    with pytest.raises(NotPublished, match=r"SVX_POLICY.*quorum none"):
        here.publish()

    assert (here.published / "checkpoint").read_bytes() == cosigned
    assert {note for _, note in here.notes().values()} == {None}


def test_a_cosigned_note_in_the_folder_is_not_replaced_by_one_that_is_not(here: Desk) -> None:
    """Also where a policy lets the log go on without witnesses."""
    rows = records(20)
    nobody = Policy((), {}, {}, "none")
    here.grow(rows[:10])
    here.publish(quorum=FileWitness(here.folder / "witness").quorum())
    cosigned = (here.published / "checkpoint").read_bytes()
    shutil.rmtree(here.folder / "ledger.log")
    with closing(Witnesses(nobody)) as witnesses:
        here.publish(quorum=Quorum(nobody, witnesses))
        same_size = (here.published / "checkpoint").read_bytes()
        here.grow(rows)
        here.publish(quorum=Quorum(nobody, witnesses))

    assert same_size == cosigned
    assert (here.published / "checkpoint").read_bytes() == naive_note(rows, 20)


class SlowToLook:
    """A signer whose first step takes as long as the releaser would need to come first."""

    missing = ()
    state = object()

    def __init__(self) -> None:
        self.has_looked = False
        self.was_overtaken = threading.Event()

    def step(self) -> Iterator[int]:
        """Look, while what was signed before is there to be released."""
        if not self.has_looked:
            self.was_overtaken.wait(1.0)
            self.has_looked = True
        yield 1


class Released:
    """A releaser that notes what had been looked at each time."""

    witness_failures: Mapping[str, int] = {}

    def __init__(self, signer: SlowToLook) -> None:
        self._signer = signer
        self.found: list[bool] = []

    def step(self, state: object, **_: object) -> None:
        """Release what there is."""
        del state
        self.found.append(self._signer.has_looked)
        self._signer.was_overtaken.set()


def test_nothing_is_released_before_it_was_looked_what_is_new() -> None:
    """After a restart what is newest in the state may be long past."""
    signer = SlowToLook()
    releaser = Released(signer)
    with running(Publisher(signer, releaser)):  # type: ignore[arg-type]
        until(lambda: bool(releaser.found))

    assert releaser.found[0]


def test_what_was_signed_without_witnesses_is_covered_by_the_next_that_has_them(
    here: Desk,
) -> None:
    rows = records(40, closes=[25])
    witness = FileWitness(here.folder / "witness")
    witness.is_down = True
    for size in (10, 20, 30, 40):
        here.grow(rows[:size])
        with pytest.raises(NotPublished):
            here.publish(quorum=witness.quorum())
    witness.is_down = False
    here.publish(quorum=witness.quorum())

    quorum = {size: note for size, (_, note) in here.notes().items() if note}
    assert quorum.keys() == {24, 25, 40}
    assert {size: by_the_log(note) for size, note in quorum.items()} == {
        size: naive_note(rows, size) for size in quorum
    }


def test_a_witness_that_knows_more_ends_it_before_anything_is_signed(here: Desk) -> None:
    witness = FileWitness(here.folder / "witness")
    here.grow(records(300, closes=[250]))
    here.publish(quorum=witness.quorum())
    shutil.rmtree(here.folder / "ledger.log")
    shutil.rmtree(here.published)
    here.mark.write_bytes(naive_note(records(200), 200))
    for old in here.folder.glob("ledger.db*"):
        old.unlink()
    here.grow(records(250))

    with pytest.raises(Forked):
        here.publish(quorum=witness.quorum())
    assert {note for notes in here.notes().values() for note in notes} == {None}


def test_the_first_note_with_a_quorum_stays_and_an_idle_log_is_cosigned_again(
    here: Desk,
) -> None:
    here.grow(records(10))
    witness = FileWitness(here.folder / "witness")
    first = 1_000  # the time of the witness's first cosignature
    now = float(first + RENEW_SECONDS - 1)
    with here.publisher(quorum=witness.quorum(), now=lambda: now) as publisher:
        list(publisher.once())
        list(publisher.once())
        note = (here.published / "checkpoint").read_bytes()
        now += 1
        list(publisher.once())
        again = (here.published / "checkpoint").read_bytes()
        list(publisher.once())

    assert [_seen_at(one) for one in (note, again)] == [first, first + 1]
    assert here.notes()[10] == (naive_note(records(10), 10, [KEY]), note)


def _seen_at(note: bytes) -> int:
    parsed = parse_note(note)
    return cosigned_at(WITNESS_KEY.verifier, parsed.text_bytes, parsed.signatures[-1])
