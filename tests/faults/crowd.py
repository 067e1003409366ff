"""Callers: what each of them asks for, and how they go on when they are not answered.

A caller gives one command after another and repeats one, with the same id, until it has a
definite answer: as a supplier's own program would.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any, Self

from svx_ledger.domain.organisation import Identifier, RegisterOrganisation
from svx_ledger.ledger import Ledger
from tests.world import OPERATOR, OpenedAuction

from .history import DEFINITE, Ask, Call, Said, call

CALLERS = 8
_STEP = 100_000
"""Pounds between the bids of one run and the next: room for as many bids to rise."""


def asks(world: OpenedAuction, bidder: int, run: int) -> Iterator[Ask]:
    """What one caller asks for in one run, without an end; see `ask`."""
    return (ask(world, bidder, run, n) for n in count(1))


def ask(world: OpenedAuction, bidder: int, run: int, n: int) -> Ask:
    """The n-th command of a caller in a run, always the same.

    - most are rising bids; now and then one is too low: rejected on record, or, when that
      happened too often in a minute, refused
    - some are registrations, and of these some under an identifier that is taken: refused
    """
    name = f"r{run}c{bidder}n{n}"
    if n % 10 == 3:
        return _registration(name, identifier=name.upper())
    if n % 10 == 6:
        return _registration(name, identifier="TAKEN", refused=("identifier-taken",))
    low = n % 20 == 19
    return Ask(
        command=world.bid(bidder, pounds=1 if low else run * _STEP + n),
        actor=world.bidders[bidder],
        command_id=name,
        rightly_refused=("rejection-quota",) if low else (),
    )


def ask_again(world: OpenedAuction, command_id: str) -> Ask:
    """The command that was given under this id."""
    found = re.fullmatch(r"r(\d+)c(\d+)n(\d+)", command_id)
    assert found is not None, command_id
    run, bidder, n = map(int, found.groups())
    return ask(world, bidder, run, n)


def take_identifier(ledger: Ledger) -> None:
    """Register the organisation whose identifier others will try to take."""
    first = _registration("first", identifier="TAKEN")
    ledger.execute(first.command, first.actor, first.command_id)


def _registration(name: str, identifier: str, refused: tuple[str, ...] = ()) -> Ask:
    command = RegisterOrganisation(
        organisation_id=f"organisation-{name}",
        name="A fictional organisation",
        side="supplier",
        identifiers=(Identifier(scheme="GB-CHC", id=identifier),),
    )
    return Ask(command=command, actor=OPERATOR, command_id=name, rightly_refused=refused)


class Crowd:
    """Callers in threads on one ledger, until they are told to stop.

    Leaving the block stops them and waits for their last calls to end. `record` gives a command
    to the ledger, or to what stands before it in its place, and returns what came of it.
    """

    def __init__(
        self,
        ledger: Any,
        asked: Iterable[Iterable[Ask]],
        record: Callable[[Any, Ask], Call] = call,
    ) -> None:
        self._ledger = ledger
        self._record = record
        self._calls: list[Call] = []
        self._said: Counter[Said] = Counter()
        self._open: dict[tuple[str, str], Ask] = {}
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(caller,), daemon=True) for caller in asked
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Tell the callers to stop and wait until they have."""
        self._stop.set()
        self.join()

    def join(self) -> None:
        """Wait until every caller has nothing left to ask, or gave up."""
        for thread in self._threads:
            thread.join()

    @property
    def calls(self) -> list[Call]:
        """All calls that have ended."""
        with self._changed:
            return list(self._calls)

    @property
    def unresolved(self) -> list[Ask]:
        """What was asked for without a definite answer so far."""
        with self._changed:
            return list(self._open.values())

    def wait_for(self, more: int, *said: Said, seconds: float = 30) -> bool:
        """Wait until so many more calls have ended, with one of these answers if given."""

        def ended() -> int:
            return sum(self._said[answer] for answer in said or self._said)

        with self._changed:
            before = ended()
            return self._changed.wait_for(lambda: ended() >= before + more, seconds)

    def heard(self, said: Said, seconds: float = 10) -> bool:
        """Wait until somebody was told this, now or before."""
        with self._changed:
            return self._changed.wait_for(lambda: self._said[said] > 0, seconds)

    def _run(self, caller: Iterable[Ask]) -> None:
        for ask in caller:
            while not self._stop.is_set():
                with self._changed:
                    self._open[ask.key] = ask
                ended = self._record(self._ledger, ask)
                with self._changed:
                    self._calls.append(ended)
                    self._said[ended.said] += 1
                    if ended.said in DEFINITE:
                        del self._open[ended.key]
                    self._changed.notify_all()
                if ended.said in DEFINITE:
                    break
                self._stop.wait(0.002)  # as any client would, not to spin on a refusing server
            if self._stop.is_set():
                return


def settle(ledger: Ledger, asked: Iterable[Ask]) -> list[Call]:
    """Repeat what has no definite answer, with the same ids, on a store that is well again."""
    return [call(ledger, ask) for ask in asked]
