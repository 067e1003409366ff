"""What an auction would have come to without some of its bids: hypothetical, never a finding.

The recorded commands are decided again in their order and at their times, without those that
are left out. Deadlines follow from the states that this leads to, so the clock closes the
auction when it would have been due, and a bid that came in time may come too late. Bids keep
their numbers. What bidders would have done in reply to another course nobody knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.assessment import AssessedTender, assess
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import BidAccepted, BidRejected, RankedBid
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.tendering import tenders
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import NOT_FOUND, WRONG_STATE, Refusal
from svx_ledger.domain.values import exactly
from svx_ledger.eventlog.record import Unreadable, recorded_at, unbroken
from svx_ledger.eventlog.store import Store

from .reading import Read, read
from .scope import commands_of
from .shown import bids_public_to
from .streams import Streams
from .telling import told

MARK: Literal["HYPOTHETICAL"] = "HYPOTHETICAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an auction went: when it closed, who stood where, and who came first.

    `assessment` is there once the sealed scores are disclosed; its first place is the winner's,
    or that of the ranking where there is none.
    """

    closes_at: datetime
    extensions: int
    phase: str
    ranking: tuple[RankedBid, ...]
    assessment: tuple[AssessedTender, ...] | None = None

    @property
    def winner(self) -> str | None:
        """The supplier in the first place."""
        if self.assessment:
            return self.assessment[0].supplier_id
        return self.ranking[0].supplier_id if self.ranking else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """An auction as it was, and as it would have been; `marked` says which is not real."""

    marked: Literal["HYPOTHETICAL"] = MARK
    auction_id: str
    change: str
    actual: Course
    winner: str | None
    hypothetical: Course
    hypothetical_winner: str | None
    differences: tuple[str, ...]


@exactly()
def counterfactual(
    store: Store,
    auction: str,
    *,
    bids: frozenset[int] = frozenset(),
    suppliers: frozenset[str] = frozenset(),
    viewer: Actor | None = None,
) -> Counterfactual | Refusal | None:
    """Play an auction again without these bids, and without any of these suppliers.

    None where there is no such auction, a refusal where the viewer may not see its bids or it
    has none of this number. Raises Unreadable.
    """
    rows = list(unbroken(store.stream(auction)))
    if not rows:
        return None
    for row in rows:  # where one cannot be read, nothing says whether bids are hidden
        _readable(row)
    if not bids_public_to(store, auction, viewer):
        return WRONG_STATE.refuse(state="bids hidden", expected="ranked")
    groups, _ = commands_of(store, rows)
    commands = [[_readable(row) for row in group.rows] for group in groups]
    there = {bid.bid_no: bid.supplier_id for reads in commands if (bid := _bid_in(reads))}
    if strange := sorted(bids - there.keys()):
        return NOT_FOUND.refuse(auction=auction, bid=strange[0])
    if unknown := sorted(suppliers - set(there.values())):
        return NOT_FOUND.refuse(auction=auction, supplier=unknown[0])
    out = bids | {number for number, who in there.items() if who in suppliers}
    play = _Play(store, auction, out)
    for reads in commands:
        play.command(reads)
    play.until(recorded_at(store.head().record))
    actual, without = _course(play.recorded), _course(play.state)
    return Counterfactual(
        auction_id=auction,
        change=_change(there, bids, suppliers),
        actual=actual,
        winner=actual.winner,
        hypothetical=without,
        hypothetical_winner=without.winner,
        differences=(*play.differences, *told(actual, without)),
    )


class _Play:
    """The auction as recorded, and beside it as it would have been."""

    def __init__(self, store: Store, auction: str, out: frozenset[int]) -> None:
        self._streams = Streams(store, live=False)
        self._auction = auction
        self._out = out
        self._parted = False
        self.recorded: object = None
        self.state: object = None
        self.differences: list[str] = []

    def command(self, reads: list[Read]) -> None:
        """Take one recorded command."""
        bid = _bid_in(reads)
        self._parted = self._parted or (bid is not None and bid.bid_no in self._out)
        if self._parted:
            self.until(reads[0].recorded_at)
            self._decide(reads, bid)
        for one in reads:
            if one.stream == self._auction and one.event is not None:
                self.recorded = vocabulary.evolve(one.stream, self.recorded, one.event)
                if not self._parted:
                    self.state = self.recorded

    def until(self, now: datetime) -> None:
        """Let the clock decide what would have been due by then, each at its time."""
        while self._parted:
            due = vocabulary.due(self._auction, self.state)
            if due is None or due[0] > now:
                return
            decision = vocabulary.decide(
                due[1], States({self._auction: self.state}), CLOCK, due[0]
            )
            assert isinstance(decision, list), "what is due is decided"
            self._fold(decision)

    def _decide(self, reads: list[Read], bid: BidAccepted | BidRejected | None) -> None:
        first = reads[0]
        assert first.command is not None
        cls = vocabulary.COMMANDS[first.command.type]
        if cls.by_clock:
            return  # the clock acts when it would have been due
        state = self.state
        if bid is not None and isinstance(state, Auction):
            self.state = replace(state, bids=bid.bid_no - 1)
        if bid is None or bid.bid_no not in self._out:
            events = [(one.stream, one.event) for one in reads if one.event is not None]
            command = cls.of(events)
            decision = self._decided(command, first)
            self.differences += _otherwise(command, bid, decision)
            if isinstance(decision, list):
                self._fold(decision)
        if bid is not None and isinstance(self.state, Auction):
            self.state = replace(self.state, bids=bid.bid_no)

    def _decided(self, command: Command, first: Read) -> Decision:
        """Decide a command on the hypothetical auction, and all else as it was."""
        states: dict[str, object] = {}
        known, count = States(states), -1
        while count < len(states):
            count = len(states)
            for stream in command.streams(known):
                if stream not in states:
                    entry = self._streams.before(first.position, stream)
                    states[stream] = self.state if stream == self._auction else entry.state
        return vocabulary.decide(command, known, first.actor, first.recorded_at)

    def _fold(self, decision: Decision) -> None:
        assert isinstance(decision, list)
        for stream, event in decision:
            if stream == self._auction:
                self.state = vocabulary.evolve(stream, self.state, event)


def _readable(row: tuple[int, str, int, str, bytes]) -> Read:
    from svx_ledger.eventlog.record import Row

    one = read(row)
    if one.event is None or one.command is None:
        raise Unreadable(Row._make(row), one.faults[0][0])
    return one


def _bid_in(reads: list[Read]) -> BidAccepted | BidRejected | None:
    event = reads[0].event
    return event if isinstance(event, BidAccepted | BidRejected) else None


def _course(state: object) -> Course:
    assert isinstance(state, Auction)
    shown = state.disclosed and state.scores is not None
    return Course(
        closes_at=state.closes_at,
        extensions=state.extensions,
        phase=state.phase,
        ranking=state.ranking,
        assessment=assess(state.terms.scoring, tenders(state)) if shown else None,
    )


def _otherwise(
    command: Command, bid: BidAccepted | BidRejected | None, decision: Decision
) -> Iterator[str]:
    """Tell of a command that would have been decided in another way."""
    if bid is None or not isinstance(command, SubmitBid):
        if isinstance(decision, Refusal):
            yield f"{type(command).__name__} would be refused: {decision}"
        return
    what = f"bid {bid.bid_no} of {bid.supplier_id}"
    was = "was accepted" if isinstance(bid, BidAccepted) else f"was rejected ({bid.rule})"
    if isinstance(decision, Refusal):
        yield f"{what} {was}, and would be refused: {decision.rule.name}"
        return
    first = decision[0][1]
    if isinstance(first, BidRejected) and isinstance(bid, BidAccepted):
        yield f"{what} {was}, and would be rejected: {first.rule}"
    elif isinstance(first, BidAccepted) and isinstance(bid, BidRejected):
        yield f"{what} {was}, and would be accepted"


def _change(there: dict[int, str], bids: frozenset[int], suppliers: frozenset[str]) -> str:
    said = [f"bid {number} of {there[number]}" for number in sorted(bids)]
    said += [f"any bid of {supplier}" for supplier in sorted(suppliers)]
    return f"without {', '.join(said)}"
