"""Replaying a bid history through the rules, under a clock that the history dictates.

On an empty ledger only: its first event says that its time is simulated. Every bid is given at
its own instant, all auctions' bids merged by time, and every close is decided when it falls
due; so what the rules make of each bid is what they would have made of it then.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from svx_ledger.domain.auction.events import BidRejected
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.ledger import Answer, Ledger, SimulatedClock

from .bid_history import Bid, History
from .giving import Step
from .naming import named
from .replay_setting import OPERATOR, Setting
from .tally import Tally, Watch, reason_of

STARTS_AT: Final = datetime(2001, 1, 1, tzinfo=UTC)
"""When auctions open whose history does not say it."""
LEDGER_USED: Final = Rule(
    "ledger-used",
    "A history is replayed into an empty ledger, or on from where it was cut short.",
    "Name another ledger with --ledger; one with simulated time, or none yet.",
    "conflict",
)


class ReplayRefused(Exception):
    """The ledger, or a rule on the way to the bids, does not allow this replay."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.rule.name)
        self.refusal = refusal


def replay(
    ledger: Ledger, clock: SimulatedClock, history: History, *, tally: Tally, watch: Watch[Any]
) -> None:
    """Play a history into a ledger with this clock, which stands where the history begins.

    Raises ReplayRefused, and what `Ledger.execute_each` raises.
    """
    before = ledger.store.head().position
    setting = Setting(history)
    play = _Play(ledger, clock, history)
    if before == 0:
        opening = OpenLedger(
            ledger_id=named("ledger", setting.key),
            origin=f"local/replay-{setting.key[:12]}",
            clock="simulated",
        )
        if isinstance(answer := ledger.execute(opening, OPERATOR), Refusal):
            raise ReplayRefused(answer)
    elif before > 1 and ledger.state(Organisation, setting.authority) is None:
        raise ReplayRefused(LEDGER_USED.refuse(events=before))
    play.all([*setting.parties(), *setting.auctions()])
    rules: Counter[str] = Counter()
    moments = [*_moments(history)]
    for at, moment in watch(moments, len(moments), "replaying"):
        play.reach(at)
        if isinstance(moment, str):
            play.all([setting.opening(moment)])
            continue
        answer = play.one(setting.bid(moment))
        if isinstance(answer, Refusal):
            tally.reject(moment.file, moment.pointer, reason_of(answer))
            continue
        new = answer.first_position > before
        tally.imported += new
        tally.unchanged += not new
        event = answer.events[0][1]
        rules[event.rule if isinstance(event, BidRejected) else "accepted"] += 1
    play.reach(None)
    tally.more |= _outcome(ledger, setting, rules)


def _moments(history: History) -> list[tuple[datetime, Bid | str]]:
    """Return openings and bids in the order of time; an opening goes before bids."""
    openings: list[tuple[datetime, Bid | str]]
    openings = [(lot.opens_at, key) for key, lot in history.lots.items()]
    return sorted((*openings, *((b.at, b) for b in history.bids)), key=lambda moment: moment[0])


class _Play:
    """Gives the commands of a replay, each under the id that its place in it has."""

    def __init__(self, ledger: Ledger, clock: SimulatedClock, history: History) -> None:
        self._ledger = ledger
        self._clock = clock
        self._key = history.digest[:32]
        self._given = 0
        self._closes = sorted({lot.closes_at for lot in history.lots.values()}, reverse=True)

    def all(self, steps: Sequence[Step]) -> None:
        """Give commands that have no time of their own. Raises ReplayRefused."""
        answers = self._ledger.execute_each(
            (command, actor, self._next_id()) for command, actor in steps
        )
        for answer in answers:
            if isinstance(answer, Refusal):
                raise ReplayRefused(answer)

    def one(self, step: Step) -> Answer:
        """Give one command at the instant that was reached."""
        return self._ledger.execute(*step, self._next_id())

    def reach(self, at: datetime | None) -> None:
        """Come to an instant (None: to the end), deciding each close on the way at its time."""
        while self._closes and (at is None or self._closes[-1] <= at):
            self._clock.advance_to(self._closes.pop())
            self._ledger.ticker.look()
            while self._ledger.ticker.tick():
                pass
        if at is not None:
            self._clock.advance_to(max(at, self._clock.wall()))

    def _next_id(self) -> str:
        self._given += 1
        return f"replay-{self._key}-{self._given:07d}"


def _outcome(ledger: Ledger, setting: Setting, rules: Counter[str]) -> dict[str, Any]:
    """Say what became of the bids, and how many auctions two best bids of one value tied in."""
    ties = 0
    for lot in setting.history.lots:
        auction = ledger.state(Auction, setting.auction(lot))
        best = auction.ranking[:2] if auction else ()
        ties += len(best) == 2 and best[0].value_pence == best[1].value_pence
    accepted = rules.pop("accepted", 0)
    return {
        "auctions": len(setting.history.lots),
        "bidders": len(setting.suppliers),
        "bids": {"accepted": accepted, "rejected_by_rule": dict(sorted(rules.items()))},
        "ties_decided_by_time": ties,
    }
