"""Statements of awards, merged: what the latest release says of each award.

A published award is stated again in each later release about its procurement. Summing the
statements counts it as often; the merged figure counts it once. Both are shown.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import NamedTuple


class Statement(NamedTuple):
    """What a release states of an award; `order` is that of reading, or the log position.

    `pence` is None where there is no value that can be summed: none stated, in another
    currency, or with parts of a penny; `valued` says whether one is stated. `released_on` is
    there where a day is stated, and no instant.
    """

    ocid: str
    award_id: str
    released_at: datetime | None
    order: int
    pence: int | None
    valued: bool
    released_on: date | None = None


class Sums(NamedTuple):
    """Statements, and the awards that they come to, with the pounds of each in pence.

    `other` counts merged awards with a value that is not in whole pence of pounds, `without`
    those that state none: neither is in a sum.
    """

    statements: int
    statements_pence: int
    merged: int
    merged_pence: int
    other: int
    without: int


_NEVER = datetime.min.replace(tzinfo=UTC)


def latest(statements: Iterable[Statement]) -> dict[tuple[str, str], Statement]:
    """Return for each award (OCID, id) what was released last, of these what came last.

    A day without a time counts as its end (in UTC), and no date at all as before all others.
    """
    found: dict[tuple[str, str], Statement] = {}
    for statement in statements:
        key = (statement.ocid, statement.award_id)
        if key not in found or _when(statement) > _when(found[key]):
            found[key] = statement
    return found


def uncertain(statements: Iterable[Statement]) -> list[Statement]:
    """Return the latest statements of which the dates do not say that they are the latest.

    So it is where another one is dated alike, where either has no date, and where one has a
    day alone that is the day of the other.
    """
    every = tuple(statements)
    last = latest(every)
    unsure: dict[tuple[str, str], Statement] = {}
    for other in every:
        found = last[key := (other.ocid, other.award_id)]
        undated = None in (_dated(other), _dated(found))
        if other != found and (undated or _begins(found) <= _when(other)[0]):
            unsure[key] = found
    return [*unsure.values()]


def sums(statements: Iterable[Statement]) -> Sums:
    """Return the figures both ways."""
    every = tuple(statements)
    merged = latest(every).values()  # each award once
    return Sums(
        statements=len(every),
        statements_pence=sum(s.pence or 0 for s in every),
        merged=len(merged),
        merged_pence=sum(s.pence or 0 for s in merged),
        other=sum(s.pence is None and s.valued for s in merged),
        without=sum(not s.valued for s in merged),
    )


def _when(statement: Statement) -> tuple[datetime, int]:
    if statement.released_at is None and statement.released_on is not None:
        end = datetime.combine(statement.released_on, time.max, tzinfo=UTC)
        return end, statement.order
    return statement.released_at or _NEVER, statement.order


def _begins(statement: Statement) -> datetime:
    """Return the earliest instant that its date allows."""
    if statement.released_at is None and statement.released_on is not None:
        return datetime.combine(statement.released_on, time.min, tzinfo=UTC)
    return statement.released_at or _NEVER


def _dated(statement: Statement) -> date | None:
    return statement.released_at or statement.released_on
