"""What one viewer may see of an audit: findings about hidden events say only that they are.

An audit reads everything, whoever runs it; what it says goes through visibility. Of a finding
at an event that its viewer may not see the position is left, so that nobody learns from an
audit what an auction hides, nor from its counts how many bids there are. That one stream rests
on another may be hidden as well: `--all` shows a finding there with all that is to be seen.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import Row, Unreadable, read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.eventlog.types import TYPES
from svx_ledger.projections.auction_board import BOARD
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.memory import OutOfStep, Tables
from svx_ledger.projections.visibility import (
    HIDDEN,
    PARTS,
    RULES,
    VISIBILITY,
    bids_shown_to,
    context_of,
    seen,
)
from svx_ledger.projections.visibility.rules import PUBLIC

from .finding import Audit, Finding

MAY_BE_HIDDEN: Final = "(of kinds that an auction may hide)"


def hidden_commands(leads_to: Mapping[str, type[Event]]) -> frozenset[str]:
    """Return the commands whose events are not everybody's from the start."""
    return frozenset(name for name, cls in leads_to.items() if RULES.get(cls) is not PUBLIC)


def counts_shown(result: Audit) -> bool:
    """Whether an audit's counts may be told: only those of the whole ledger.

    What one stream rests on follows from what hidden events read, and so does every count of
    it: who takes part in a hidden auction would show in them.
    """
    return result.of is None


def shown_to(result: Audit, store: Store, viewer: Actor | None) -> Audit:
    """Return the result of an audit as a viewer may see it; None is the public."""
    eyes = _Eyes(store, viewer)
    if not counts_shown(result):
        reasons = dict.fromkeys(result.unchecked, 0)
        result = replace(result, events=0, streams=0, derived=0, commands={}, unchecked=reasons)
    commands = dict(result.commands)
    withheld = sum(commands.pop(name) for name in result.hidden if name in commands)
    if withheld:
        commands[MAY_BE_HIDDEN] = withheld
    found = tuple(
        finding if eyes.see(finding) and not finding.rests_on else _hidden(finding)
        for finding in result.findings
    )
    return replace(result, findings=found, commands=commands)


def bids_public_to(store: Store, auction: str, viewer: Actor | None) -> bool:
    """Whether a viewer may see every bid of an auction."""
    return _Eyes(store, viewer).see_bids(auction)


def _hidden(finding: Finding) -> Finding:
    return replace(finding, stream=HIDDEN, rule=HIDDEN, recorded=HIDDEN, derived=HIDDEN)


class _Eyes:
    """What one viewer may see, by what the streams that decide it say now."""

    def __init__(self, store: Store, viewer: Actor | None) -> None:
        self._store = store
        self._viewer = viewer
        self._rows = Tables()
        self._known: dict[str, bool] = {}

    def see(self, finding: Finding) -> bool:
        """Whether the viewer may see the event that a finding is about."""
        if finding.rule == "leverage-differs":
            return self.see_bids(finding.stream)
        row = next(iter(self._store.rows(after=finding.position - 1, limit=1)), None)
        if row is None or row.position != finding.position:  # of no event: it says who acted
            return self._viewer is not None and self._viewer.role == "auditor"
        return self._see_row(row)

    def see_bids(self, auction: str) -> bool:
        """Whether the viewer may see the bids of an auction; not where it cannot be read."""
        row = self._rows.get(AUCTION, auction) if self._look_at(auction) else None
        return row is not None and bids_shown_to(self._rows, row, self._viewer)

    def _see_row(self, row: Row) -> bool:
        rule = RULES.get(TYPES[row.type]) if row.type in TYPES else None
        try:
            recorded = read_record(row)
        except (Unreadable, TypeError):
            return rule is PUBLIC or self.see_bids(row.stream)
        context = context_of(recorded)
        if context is not None and not self._look_at(context):
            return False
        shown = seen(recorded, self._rows, self._viewer)
        if shown.event is None:
            return False
        return shown.event == recorded.event or type(recorded.event) not in PARTS

    def _look_at(self, stream: str) -> bool:
        """Take in what a stream says of who may see it; false where it cannot be read."""
        if stream not in self._known:
            self._known[stream] = True
            try:
                for row in self._store.stream(stream):
                    earlier = read_record(row)
                    for projection in (BOARD, VISIBILITY):
                        self._rows.apply(projection.project(earlier))
            except (Unreadable, OutOfStep, LookupError, TypeError):
                self._known[stream] = False
        return self._known[stream]
