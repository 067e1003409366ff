"""A stage: one world, and ledgers on which the same script is played and compared with it."""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from random import Random

from benchmarks.generator.people import OPERATOR
from benchmarks.generator.world import Asked, Done, Outcome, World, held_keys

from svx_ledger.domain import vocabulary
from svx_ledger.domain.book import OpenLedger
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row, read_event
from svx_ledger.ledger import Ledger, Refusal, Sequenced, SimulatedClock
from svx_ledger.ledger.submission import Submission
from tests.faults.history import contents

from .checker import Checker
from .forms import otherwise
from .tally import Tally

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPENING = OpenLedger(
    ledger_id="ledger-machine", origin="ledger.example/machine", clock="simulated"
)


class Stage:
    """Commands go to the world at once and wait for the ledgers until `flush`."""

    def __init__(self, urls: Sequence[str], tally: Tally, salt_seed: int = 1) -> None:
        self.world = World(START)
        self.tally = tally
        self._urls = urls
        self._checker = Checker()
        self._waiting: list[tuple[Asked, Outcome]] = []
        self._open = ExitStack()
        self._ledgers = [self._ledger(url, salt_seed) for url in urls]
        self._checked = 0
        self._forms = Random(salt_seed)
        self.give(Asked(OPENING, OPERATOR, "c0"))

    def give(self, asked: Asked) -> Outcome:
        """Let the world decide; the ledgers will be asked the same."""
        outcome = self.world.give(asked)
        self.tally.count(asked, outcome)
        self._waiting.append((asked, outcome))
        return outcome

    def wait_until(self, instant: datetime) -> None:
        """Let time pass for everybody; whatever fell due meanwhile is decided."""
        self.flush()
        at = max(instant, self.world.now)
        self.world.advance_to(at)
        for ledger in self._ledgers:
            assert isinstance(ledger.clock, SimulatedClock)
            ledger.clock.advance_to(at)

    def tick(self) -> None:
        """Let the tickers decide what is due, as they do when nobody calls."""
        self.flush()
        due = self.world.tick()
        for ledger in self._ledgers:
            ledger.ticker.look()
            assert due == ledger.ticker.tick()
        self.check()

    def flush(self) -> None:
        """Give every ledger what waits, in one go, and hold its answers to the world's."""
        sent = [
            [_sent(ledger, self._put(asked)) for asked, _ in self._waiting]
            for ledger in self._ledgers
        ]
        for ledger, submissions in zip(self._ledgers, sent, strict=True):
            for (asked, outcome), submission in zip(self._waiting, submissions, strict=True):
                answer = ledger._answer_to(submission)
                said, heard = _said(asked, outcome), _heard(answer)
                assert said == heard, (asked, said, heard)
        self._waiting.clear()

    def _put(self, asked: Asked) -> Asked:
        """Return the same in another form for each ledger: the log has one for all."""
        return asked._replace(command=otherwise(asked.command, self._forms))

    def check(self) -> None:
        """Look at what was written since: the same bytes everywhere, every law kept."""
        self.flush()
        first, *others = (
            list(ledger.store.rows(after=self._checked)) for ledger in self._ledgers
        )
        for other in others:
            assert first == other
        for row in first:
            self._checker.feed(row)
        self._checked += len(first)
        assert self._checked == self.world.position

    def finish(self) -> None:
        """Read everything back from the stores, by other means than it was written."""
        self.check()
        held = held_keys(self.world)
        outcomes = {key: _stored(done) for key, (_, done) in self.world.outcomes.items()}
        for url in self._urls:
            found = contents(url)
            newest = {claim.key: claim.stream for claim in sorted(found.claims, key=_place)}
            assert held == {key: stream for key, stream in newest.items() if stream}
            told = {(o.principal, o.command_id): o.first_position for o in found.outcomes}
            clock = {key: at for key, at in told.items() if key[1].startswith("clock:")}
            assert outcomes == {key: at for key, at in told.items() if key not in clock}
            assert self.world.states == _folded(found.rows)

    def close(self) -> None:
        """Close the ledgers."""
        self._open.close()

    def _ledger(self, url: str, salt_seed: int) -> Ledger:
        store = self._open.enter_context(closing(open_store(url)))
        store.create()
        salts = Random(salt_seed)
        ledger = Ledger(store, clock=SimulatedClock(START), salts=lambda: salts.randbytes(16))
        return self._open.enter_context(ledger)


def _sent(ledger: Ledger, asked: Asked) -> Submission | Refusal:
    """Queue a command in the lane that keeps its order."""
    submission = ledger._prepare(asked.command, asked.actor, asked.id, future=Future())
    if isinstance(submission, Submission):
        submission.bulk = True
        submission.expected_version = asked.expected_version
        submission.deadline += 60
        ledger._sequencer.submit(submission)
    return submission


def _said(asked: Asked, outcome: Outcome) -> object:
    if isinstance(outcome, Refusal):
        return outcome.rule.name, tuple(outcome.facts.items())
    assert isinstance(outcome, Done)
    last = outcome.first + len(outcome.events) - 1
    return asked.id, outcome.first, last, outcome.version, outcome.recorded_at, outcome.events


def _heard(answer: object) -> object:
    if isinstance(answer, Refusal):
        return answer.rule.name, tuple(answer.facts.items())
    assert isinstance(answer, Sequenced)
    return (
        answer.command_id,
        answer.first_position,
        answer.last_position,
        answer.version,
        answer.recorded_at,
        answer.events,
    )


def _stored(outcome: Outcome) -> int | None:
    return outcome.first if isinstance(outcome, Done) else None


def _place(claim: tuple[str, int, str | None]) -> int:
    return claim[1]


def _folded(rows: Sequence[Row]) -> dict[str, object]:
    states: dict[str, object] = {}
    for row in rows:
        states[row.stream] = vocabulary.evolve(
            row.stream, states.get(row.stream), read_event(row)
        )
    return states
