"""The events of one command, gathered from the rows of a log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from svx_ledger.eventlog.raw_rows import RawRow


class _Command(msgspec.Struct, gc=False):
    id: str
    n: int
    of: int


class _Thin(msgspec.Struct, gc=False):
    command: _Command
    recorded_at: str


_thin: Final = msgspec.json.Decoder(_Thin).decode


@dataclass(slots=True)
class Group:
    """Rows of one command that stand together; `whole` if they are all of its events.

    What is not whole because of a row beside it is `excused`: that row has a finding of its
    own. `after` is the position before, and `at` the time written there.
    """

    rows: list[RawRow]
    after: int
    at: str
    whole: bool = True
    excused: bool = False


def groups(rows: Iterable[RawRow], after: int = 0, at: str = "") -> Iterator[Group]:
    """Gather rows into commands, each row in exactly one group, in order."""
    waiting: Group | None = None
    command: _Command | None = None
    torn = False
    for row in rows:
        try:
            thin: _Thin | None = _thin(row[4])
        except (ValueError, msgspec.MsgspecError, RecursionError):
            thin = None
        if thin is not None:
            its = thin.command
            if its.of == its.n == 1 and waiting is None:
                torn = False
                yield Group([row], after, at)
                after, at = row[0], thin.recorded_at
                continue
            if waiting is not None and command is not None and _follows(waiting, command, its):
                waiting.rows.append(row)
                if its.n == its.of:
                    yield waiting
                    waiting = None
                after, at = row[0], thin.recorded_at
                continue
        if waiting is not None:
            told_next = thin is None or thin.command.n != 1
            waiting.whole, waiting.excused = False, told_next
            yield waiting
            waiting = None
        group = Group([row], after, at)
        if thin is None:
            torn = True
            group.whole, group.excused = False, True
            yield group
            after = row[0]
            continue
        after, at, command = row[0], thin.recorded_at, thin.command
        if command.n != 1:
            group.whole, group.excused, torn = False, torn, True
            yield group
        elif command.of == 1:
            torn = False
            yield group
        else:
            torn = False
            waiting = group
    if waiting is not None:
        waiting.whole = False
        yield waiting


def _follows(group: Group, first: _Command, this: _Command) -> bool:
    return this.n == len(group.rows) + 1 and (this.id, this.of) == (first.id, first.of)
