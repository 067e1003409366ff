"""The outcomes table, held to the log: every accepted command has its row, and no other."""

import secrets
from collections.abc import Iterator
from typing import Any

import orjson

from svx_ledger.domain import vocabulary
from svx_ledger.eventlog.store import OutcomeRow, Store

from .finding import Finding
from .grouping import groups
from .kept import Kept
from .reading import read
from .tally import Tally

_OF_THE_WRITER = ("version-mismatch",)
REFUSALS = "refusals that are remembered by their command's id: the command is not on record"


def outcome_faults(store: Store, kept: Kept, until: int) -> Iterator[Finding]:
    """Give the rows that the log does not bear out, and the commands without a row.

    Rows come in the order of their keys: where each key comes once, and the rows are the
    commands of the log, no command id was used twice. Otherwise the log is asked.
    """
    refusals, unknown = 0, list[OutcomeRow]()
    twice = False
    later = range(until + 1, store.head().position + 1)

    def accepted() -> Iterator[tuple[object, ...]]:
        nonlocal refusals, twice
        refusals = 0
        unknown.clear()
        last: OutcomeRow | None = None
        for row in store.outcomes():
            if row.first_position is None and row.refusal is not None:
                refusals += 1
                if not _is_of_a_rule(row.refusal):
                    unknown.append(row)
            elif row.first_position not in later:  # written while the audit went on
                if row.refusal is not None:  # of a command that was carried out
                    unknown.append(row)
                if last is not None and row[1] == last[1] and row[0] == last[0]:
                    twice = True
                last = row
                yield row[:5]

    agrees = kept.outcomes.agrees(accepted())
    if refusals:
        kept.unchecked[REFUSALS] = refusals
    for row in unknown:
        yield _finding(row.first_position or 0, "", row, None)
    if twice or not agrees:
        yield from _used_twice(store, until)
    if not agrees:
        yield from _differences(store, kept, list(kept.outcomes.unfounded(accepted())))


def _used_twice(store: Store, until: int) -> Iterator[Finding]:
    """Give the command ids that somebody used twice, of whole commands that can be read."""
    ids = Tally(secrets.token_bytes(16))
    for group in groups(store.rows(limit=until)):
        first = read(group.rows[0])
        if group.whole and first.command is not None:
            ids.add(first.position, first.actor.principal, first.command.id)
    for earlier, later in ids.repeated():
        derived, stream = command_at(store, later)
        yield Finding(
            position=later,
            stream=stream,
            rule="command-repeated",
            recorded={"id": derived.get("command_id"), "position": later},
            derived={"position": earlier},
        )


def _is_of_a_rule(refusal: str) -> bool:
    """Whether a refusal names a rule that somebody applies: a decider's, or the writer's."""
    try:
        return orjson.loads(refusal)["rule"] in {*vocabulary.RULES, *_OF_THE_WRITER}
    except (ValueError, LookupError, TypeError):
        return False


def _differences(
    store: Store, kept: Kept, unfounded: list[tuple[object, ...]]
) -> Iterator[Finding]:
    """Tell of each command without its row, with what stands in its place; then of the rest."""
    rows = [OutcomeRow(*row, None) for row in unfounded]  # type: ignore[arg-type, call-arg]
    by_id = {(row.principal, row.command_id): row for row in rows}
    by_position = {row.first_position: row for row in rows}
    told: set[OutcomeRow] = set()
    there = (row[:5] for row in store.outcomes())
    for position in kept.outcomes.missing(there):
        derived, stream = command_at(store, position)
        asked = derived["principal"], derived["command_id"]
        row = by_id.get(asked) or by_position.get(position) or store.outcome(*asked)
        if row is not None:
            told.add(row)
        yield _finding(position, stream, row, derived)
    for row in rows:
        if row not in told and row.first_position not in kept.broken:
            position = row.first_position or 0
            yield _finding(position, command_at(store, position)[1], row, None)


def _finding(
    position: int, stream: str, row: OutcomeRow | None, derived: dict[str, Any] | None
) -> Finding:
    return Finding(
        position=position,
        stream=stream,
        rule="outcomes-differ",
        recorded=row and row._asdict(),
        derived=derived,
    )


def command_at(store: Store, position: int) -> tuple[dict[str, Any], str]:
    """Return what the log says of the command that begins at a position, and its stream."""
    for row in store.rows(after=position - 1, limit=1):
        first = read(row)
        if first.command is not None and row.position == position:
            command = first.command
            return {
                "principal": first.actor.principal,
                "command_id": command.id,
                "sha256": command.sha256,
                "first_position": position,
                "last_position": position + command.of - 1,
            }, first.stream
    return {}, ""
