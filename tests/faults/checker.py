"""The history checker: complete for an append-only list.

Given every call of every caller and all rows of the store, it says whether some order exists
in which an honest ledger would have answered just so: and since the log *is* that order, it
only has to be read. What it finds is one of four things:

- *lost*: a caller was told of events that are not on the log, or not as told
- *duplicate*: a command is on the log twice, or two answers to it differ
- *false refusal*: a caller was refused what was written, or for no good reason
- *broken*: the log, the outcomes or the claims contradict themselves or the rules
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from svx_ledger.domain import vocabulary
from svx_ledger.domain.auction.breaks import AuctionPaused, AuctionResumed
from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionDrafted,
    AuctionExtended,
    BidAccepted,
    BidRejected,
)
from svx_ledger.domain.auction.terms import Increment
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Row, read_event
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow

from .history import Call, Contents, facts_digest

Kind = Literal["lost", "duplicate", "false refusal", "broken"]
Key = tuple[str, str]
MOST_SECONDS = 5.5
"""Every call ends within 5 s; the rest is for a machine with other things to do."""
_NOT_REMEMBERED = {"bad-command-id", "command-id-reused", "record-too-large"}


class Finding(NamedTuple):
    """Something that must not be."""

    kind: Kind
    text: str


class Commanded(NamedTuple):
    """The events of one command, as the log has them."""

    positions: list[int]
    sha256: str
    facts: str


def check(
    calls: Iterable[Call],
    store: Contents,
    *,
    known: int = 0,
    most_seconds: float = MOST_SECONDS,
) -> list[Finding]:
    """Return all that is wrong; nothing where every answer was right.

    Events up to position `known` were asked for before the calls began.
    """
    calls = list(calls)
    plain = [json.loads(row.record) for row in store.rows]
    on_log = dict(_commands(store.rows, plain))
    return [
        *_chain(store.rows, plain),
        *_order(plain),
        *_whole(plain),
        *_outcomes(on_log, store.outcomes),
        *_claims(store.rows, store.claims),
        *_business(store.rows, plain),
        *_answers(calls, on_log, {(o.principal, o.command_id): o for o in store.outcomes}),
        *_slow(calls, most_seconds),
        *_asked_for(calls, on_log, known),
        *_real_time(calls),
    ]


def _commands(rows: list[Row], plain: list[dict[str, Any]]) -> Iterator[tuple[Key, Commanded]]:
    grouped: dict[Key, list[int]] = defaultdict(list)
    for index, record in enumerate(plain):
        grouped[_key(record)].append(index)
    for key, indexes in grouped.items():
        events = [[rows[i].stream, rows[i].type, plain[i]["data"]] for i in indexes]
        first = plain[indexes[0]]
        facts = facts_digest(first["recorded_at"], events)
        positions = [rows[i].position for i in indexes]
        yield key, Commanded(positions, first["command"]["sha256"], facts)


def _chain(rows: list[Row], plain: list[dict[str, Any]]) -> Iterator[Finding]:
    """Positions without gaps, versions without gaps, `prev` from leaf to leaf."""
    leaves: dict[str, str] = {}
    versions: dict[str, int] = {}
    genesis: str | None = None
    for expected, (row, record) in enumerate(zip(rows, plain, strict=True), start=1):
        named = tuple(record[name] for name in ("position", "stream", "version", "type"))
        if row.position != expected or row[:4] != named:
            yield Finding("broken", f"position {expected}: columns and bytes are {row[:4]}")
        if row.version != versions.get(row.stream, 0) + 1:
            yield Finding("broken", f"position {expected}: {row.stream} v{row.version}")
        if record.get("prev") != leaves.get(row.stream, genesis):
            yield Finding("broken", f"position {expected}: prev is not the event before")
        entry = f"svx-entry/1\n{hashlib.sha256(row.record).hexdigest()}\n".encode()
        leaf = hashlib.sha256(b"\0" + entry).hexdigest()
        genesis = genesis or leaf
        leaves[row.stream], versions[row.stream] = leaf, row.version


def _order(plain: list[dict[str, Any]]) -> Iterator[Finding]:
    """Time stands still within a command, and grows from each command to the next."""
    for before, after in pairwise(plain):
        same = after["command"]["n"] > 1
        then, now = before["recorded_at"], after["recorded_at"]
        if (now != then) if same else (now <= then):
            yield Finding("broken", f"position {after['position']}: {now} follows {then}")


def _whole(plain: list[dict[str, Any]]) -> Iterator[Finding]:
    """A command's events stand together, 1 of m to m of m, once."""
    left: list[tuple[Any, ...]] = []
    seen: set[Key] = set()
    for record in plain:
        command = record["command"]
        key = _key(record)
        if not left:
            if key in seen:
                yield Finding("duplicate", f"{key} again at {record['position']}")
            seen.add(key)
            left = [(*key, command["sha256"], n) for n in range(1, command["of"] + 1)]
        if (*key, command["sha256"], command["n"]) != left.pop(0):
            yield Finding("broken", f"position {record['position']}: events of {key} apart")
            left = []
    if left:
        yield Finding("broken", "the last command is not whole")


def _outcomes(on_log: Mapping[Key, Commanded], rows: list[OutcomeRow]) -> Iterator[Finding]:
    """Each command on the log has its outcome, and each outcome its events or none."""
    remembered = {(row.principal, row.command_id): row for row in rows}
    if len(remembered) != len(rows):
        yield Finding("broken", "two outcomes of one command id")
    for key, stored in on_log.items():
        row = remembered.get(key)
        said = (row.sha256, row.first_position, row.last_position, row.refusal) if row else ()
        if said != (stored.sha256, stored.positions[0], stored.positions[-1], None):
            yield Finding("broken", f"{key} is at {stored.positions}, its outcome says {said}")
    for key, row in remembered.items():
        if key not in on_log and row.refusal is None:
            yield Finding("lost", f"{key} has an outcome and no events")


def _claims(rows: list[Row], claims: list[ClaimRow]) -> Iterator[Finding]:
    """The claims are those that the events take and free, deadlines among them."""
    states: dict[str, object] = {}
    holders: dict[str, str | None] = {}
    expected: set[ClaimRow] = set()
    for row in rows:
        event = read_event(row)
        for claim in event.claims():
            if claim.held and holders.get(claim.key, row.stream) not in {None, row.stream}:
                yield Finding("duplicate", f"{claim.key} taken twice, at {row.position}")
            holders[claim.key] = row.stream if claim.held else None
            expected.add(ClaimRow(claim.key, row.position, holders[claim.key]))
        before = states.get(row.stream)
        after = states[row.stream] = vocabulary.evolve(row.stream, before, event)
        is_due = vocabulary.due(row.stream, after) is not None
        if (vocabulary.due(row.stream, before) is not None) != is_due:
            holder = row.stream if is_due else None
            expected.add(ClaimRow(f"due:{row.stream}", row.position, holder))
    if set(claims) != expected or len(claims) != len(expected):
        yield Finding("broken", f"claims: {sorted(set(claims) ^ expected, key=str)}")


class _Bidding:
    """What the rules of bidding say of one auction, worked out again from its events."""

    def __init__(self, drafted: AuctionDrafted) -> None:
        self.increment: Increment = drafted.terms.increment
        self.closes_at: datetime = drafted.terms.closes_at
        self.closed = False
        self.paused = False
        self.bids = 0
        self.standing: dict[str, int] = {}

    def fault(self, event: Event, at: datetime) -> str | None:
        """Take one more event; return what rule it breaks."""
        if isinstance(event, AuctionClosed):
            on_time = event.closed_at == self.closes_at <= at and not self.closed
            self.closed = True
            return None if on_time else "closed at another time"
        if isinstance(event, AuctionExtended | AuctionResumed):
            self.closes_at = event.closes_at
        if isinstance(event, AuctionPaused | AuctionResumed):
            self.paused = isinstance(event, AuctionPaused)
        if not isinstance(event, BidAccepted | BidRejected):
            return None
        self.bids += 1
        if event.bid_no != self.bids:
            return "misnumbered bid"
        if self.paused:
            return None if isinstance(event, BidRejected) else "accepted in a pause"
        if at >= self.closes_at and not self.closed:
            return "judged at or after the close, before that is on record"
        if isinstance(event, BidRejected):
            return None
        if self.closed:
            return "accepted after the close"
        standing = self.standing.get(event.supplier_id)
        self.standing[event.supplier_id] = event.value_pence
        if standing is not None and event.value_pence < self.increment.least_after(standing):
            return "does not beat the bidder's own standing bid"
        return None


def _business(rows: list[Row], plain: list[dict[str, Any]]) -> Iterator[Finding]:
    """Each accepted bid beats its own standing one, and none comes at or after the close."""
    auctions: dict[str, _Bidding] = {}
    for row, record in zip(rows, plain, strict=True):
        event = read_event(row)
        if isinstance(event, AuctionDrafted):
            auctions[row.stream] = _Bidding(event)
        elif row.stream in auctions:
            at = datetime.fromisoformat(record["recorded_at"])
            if fault := auctions[row.stream].fault(event, at):
                yield Finding("broken", f"position {row.position}: {fault}")


def _answers(
    calls: list[Call], on_log: Mapping[Key, Commanded], outcomes: Mapping[Key, OutcomeRow]
) -> Iterator[Finding]:
    """Each answer is true of the log."""
    for of in _by_key(calls).values():
        stored = on_log.get(of[0].key)
        said = {call.said for call in of}
        for call in of:
            yield from _answer(call, stored, outcomes.get(call.key))
        if stored and said <= {"not-written", "failed"}:
            yield Finding("broken", f"{of[0].key} called not written: {stored.positions}")
        if {"sequenced", "refused"} <= said:
            yield Finding("duplicate", f"{of[0].key} was both sequenced and refused")


def _answer(
    call: Call, stored: Commanded | None, outcome: OutcomeRow | None
) -> Iterator[Finding]:
    name = f"{call.key} ({call.detail})"
    if call.said == "sequenced" and (
        stored is None
        or (call.first_position, call.last_position, call.sha256, call.facts or stored.facts)
        != (stored.positions[0], stored.positions[-1], stored.sha256, stored.facts)
    ):
        at = f"{call.first_position} to {call.last_position}"
        yield Finding("lost", f"{name} told {at}, found {stored}")
    if call.said == "refused":
        if stored is not None or call.detail not in call.rightly_refused:
            yield Finding("false refusal", name)
        kept = json.loads(outcome.refusal)["rule"] if outcome and outcome.refusal else None
        if call.detail not in _NOT_REMEMBERED and kept != call.detail:
            yield Finding("broken", f"{name} is remembered as {kept}")
    if call.said == "other":
        yield Finding("broken", f"{name} ended as nothing promises")


def _slow(calls: list[Call], most_seconds: float) -> Iterator[Finding]:
    for call in calls:
        seconds = (call.answered_at or call.invoked_at) - call.invoked_at
        if seconds > most_seconds:
            text = f"{call.key} ({call.detail}) took {seconds:.1f} s: {call.said}"
            yield Finding("broken", text)


def _asked_for(
    calls: list[Call], on_log: Mapping[Key, Commanded], known: int
) -> Iterator[Finding]:
    """Nothing is on the log that nobody asked for, but what the clock decides."""
    asked = {(*call.key, call.sha256) for call in calls}
    for key, stored in on_log.items():
        by_clock = key[0].startswith("clock:") and key[1].startswith("clock:")
        if stored.positions[-1] > known and not by_clock and (*key, stored.sha256) not in asked:
            yield Finding("broken", f"nobody asked for {key} at {stored.positions}")


def _real_time(calls: list[Call]) -> Iterator[Finding]:
    """What was answered before something else was invoked stands before it on the log."""
    done = [of for of in _by_key(calls).values() if any(c.said == "sequenced" for c in of)]
    spans = [
        (
            min(call.invoked_at for call in of),
            min(call.answered_at or 0 for call in of if call.said == "sequenced"),
            next(call.first_position or 0 for call in of if call.said == "sequenced"),
        )
        for of in done
    ]
    by_answer = sorted(spans, key=lambda span: span[1])
    answered, highest = 0, 0
    for invoked_at, _, position in sorted(spans):
        while answered < len(by_answer) and by_answer[answered][1] < invoked_at:
            highest = max(highest, by_answer[answered][2])
            answered += 1
        if position < highest:
            yield Finding("broken", f"position {position} was asked for after {highest}")


def _key(record: Mapping[str, Any]) -> Key:
    """Whose command a record is of, and its id: people are told apart by role and mandate."""
    actor = record["actor"]
    represented = f"~{actor['on_behalf_of']}" if "on_behalf_of" in actor else ""
    organisation = f"{actor.get('organisation', '')}{represented}"
    return f"{actor['role']}:{organisation}/{actor['id']}", record["command"]["id"]


def _by_key(calls: Iterable[Call]) -> dict[Key, list[Call]]:
    grouped: dict[Key, list[Call]] = defaultdict(list)
    for call in calls:
        grouped[call.key].append(call)
    return grouped
