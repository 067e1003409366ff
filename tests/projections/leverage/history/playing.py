"""All stories side by side, in one order of time, onto a ledger file."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Final

from benchmarks.generator.press import Direct
from benchmarks.generator.telling import Over, Story, Turn

from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Refusal

from .awarding import FATES, lot
from .buying import DAY, HOUR, Buying, registered
from .everybody import settled
from .paying import paid

START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FIRST_YEAR: Final = timedelta(days=400)
"""Procurements begin within this time."""
_END: Final = START + timedelta(days=1000)
"""What would come later does not happen: something is under way when a history ends."""
_PLEDGES_A_PROCUREMENT: Final = 7
_Waiting = tuple[datetime, int, Turn, Story]


class _Playing:
    def __init__(self, press: Direct) -> None:
        self.press = press
        self.waiting: list[_Waiting] = []
        self.order, self.commands = count(), count(1)
        self.now = START
        self.ended: Counter[str] = Counter()

    def begin(self, story: Story) -> None:
        """Let a story begin beside the others."""
        turn = next(story, None)
        if turn is not None:
            heappush(self.waiting, (max(self.now, turn.at), next(self.order), turn, story))

    def go_on(self) -> None:
        """Give what is due next until there is nothing left or time is over."""
        while self.waiting and self.waiting[0][0] < _END:
            self.now, _, turn, story = heappop(self.waiting)
            answer = self.press.give(next(self.commands), turn)
            if isinstance(answer, Refusal):
                self.ended[f"{type(turn.command).__name__}: {answer.rule.name}"] += 1
            try:
                following = story.send(answer)
            except (StopIteration, Over) as end:
                self.ended[str(end) or "told"] += 1
            else:
                at = max(self.now, following.at)
                heappush(self.waiting, (at, next(self.order), following, story))


def play(url: str, pledges: int, *, seed: int = 1) -> Counter[str]:
    """Write a history of about so many pledges; return how its stories ended."""
    with closing(open_store(url)) as store:
        store.create()
        press = Direct(store, seed)
        playing = _Playing(press)
        playing.begin(settled(Random(f"{seed}"), START))
        playing.go_on()
        procurements = round(pledges / _PLEDGES_A_PROCUREMENT)
        begins = playing.now + HOUR
        for number in range(procurements):
            at = begins + _FIRST_YEAR * number / procurements
            rng = Random(f"{seed}/{number}")
            fates = FATES[number % len(FATES)]
            buying = Buying(number, rng, playing.begin, fates)
            playing.begin(_procurement(buying, at))
        playing.go_on()
        press.close()
    return playing.ended


def _procurement(buying: Buying, at: datetime) -> Story:
    yield from registered(buying, at)
    buying.spawn(paid(buying, at))
    for n in range(len(buying.lots)):
        buying.spawn(lot(buying, n, at + DAY + n * 3 * HOUR))
