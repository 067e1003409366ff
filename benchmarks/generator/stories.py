"""Many stories side by side, each told at its own pace, in one order of time."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Final

from svx_ledger.ledger import Answer, Refusal

from .competing import Cast, bidden, opened, prepared
from .delivering import awarded, completed, contracted, delivered, varied
from .population import Population, population, settling
from .telling import Over, Story, Turn

START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
EVENTS_A_STORY: Final = 150
"""About as many events come of one procurement."""
_SPAN = timedelta(days=700)
_LEAST_GAP = timedelta(hours=4)
_MOST_GAP = timedelta(days=5)

Give = Callable[[int, Turn], Answer]
"""Gives the so-manieth command of a history."""


def procurement(cast: Cast, at: datetime) -> Story:
    """Tell one procurement, from its registration to the completion of its contract."""
    at = yield from prepared(cast, at)
    agreed, needs = yield from opened(cast, at)
    bidding = yield from bidden(cast, agreed, needs)
    at = yield from awarded(cast, bidding)
    pledges = yield from contracted(cast, at)
    at += timedelta(days=7)
    if cast.rng.random() < 0.1:
        yield from varied(cast, at, pledges)
        at += timedelta(days=2)
    at = yield from delivered(cast, at, pledges)
    yield from completed(cast, at + timedelta(days=30))


class History:
    """A history of at least so many events: the same for the same seed, command by command."""

    def __init__(self, events: int, seed: int) -> None:
        self._events = events
        self._seed = seed
        self._gap = min(_MOST_GAP, max(_LEAST_GAP, _SPAN / max(1, events // EVENTS_A_STORY)))
        self.everybody: Population = population(events)
        self.refused: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.commands = 0
        self.written = 0

    def play(self, give: Give, forget: Callable[[Cast], None]) -> Iterator[int]:
        """Give one command after another; yield how many events there are after each."""
        at = START
        settled = settling(self.everybody, Random(f"{self._seed}"), START)
        for turn, answer in _told(settled, lambda turn: self._given(give, turn)):
            at = turn.at
            self._count(turn, answer)
            yield self.written
        yield from self._side_by_side(give, forget, at + timedelta(hours=1))

    def _side_by_side(
        self, give: Give, forget: Callable[[Cast], None], at: datetime
    ) -> Iterator[int]:
        waiting: list[tuple[datetime, int, Turn | None, Cast, Story]] = []
        started, next_start = 0, at
        while self.written < self._events:
            while not waiting or waiting[0][0] >= next_start:
                started += 1
                cast = Cast(started, self.everybody, Random(f"{self._seed}/{started}"))
                story = procurement(cast, next_start)
                heappush(waiting, (next_start, started, next(story), cast, story))
                next_start += self._gap
            now, number, turn, cast, story = heappop(waiting)
            assert turn is not None
            answer = self._given(give, turn)
            self._count(turn, answer)
            yield self.written
            try:
                turn = story.send(answer)
            except (StopIteration, Over) as end:
                self.ended[str(end) or "completed"] += 1
                forget(cast)
            else:
                heappush(waiting, (max(now, turn.at), number, turn, cast, story))

    def _given(self, give: Give, turn: Turn) -> Answer:
        self.commands += 1
        return give(self.commands, turn)

    def _count(self, turn: Turn, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            self.refused[f"{type(turn.command).__name__}: {answer.rule.name}"] += 1
        else:
            self.written = answer.last_position


def _told(story: Story, give: Callable[[Turn], Answer]) -> Iterator[tuple[Turn, Answer]]:
    turn = next(story)
    while True:
        answer = give(turn)
        yield turn, answer
        try:
            turn = story.send(answer)
        except StopIteration:
            return
