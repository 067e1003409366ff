"""Facts dated in a time: what lines came to at its end, less what they had come to before it.

Values are differences of values, never values of differences, so the periods of a year sum to
the year. A stage may lose value in a period: by a variation, a new ranking or a void.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from svx_ledger.domain.uk_calendar import DAY, uk_midnight
from svx_ledger.projections.table import Rows
from svx_ledger.projections.trail_search import first_at

from .cut import Cut
from .lines import Line, LineKey, StageOfLine
from .movements import Movement
from .sums import Sum, Sums
from .vocabulary import Stage

_NOTHING = StageOfLine(
    quantity=Decimal(0),
    counted=Decimal(0),
    gross_pence=0,
    net_pence=0,
    beyond_pence=0,
    positions=(),
)


def cut_before(rows: Rows, day: date, cut: Cut) -> Cut:
    """Return the cut at which a UK date began, or the given one where that is earlier."""
    if day == date.min:
        return cut._replace(until=0)
    return cut._replace(until=min(cut.until, first_at(rows, uk_midnight(day)) - 1))


def cuts_of(
    rows: Rows, first_day: date | None, last_day: date | None, cut: Cut
) -> tuple[Cut, Cut]:
    """Return the cuts between which a time lies, both days included."""
    begins = cut_before(rows, first_day, cut) if first_day else cut._replace(until=0)
    ends = cut_before(rows, last_day + DAY, cut) if last_day and last_day < date.max else cut
    return begins, ends


def lines_between(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return what moved from one cut to a later one, in order of the lines' keys."""
    was = {line.key: line for line in before}
    now = {line.key: line for line in after}
    found = (_moved(was.get(key), now.get(key)) for key in sorted(was.keys() | now.keys()))
    return tuple(line for line in found if line.stages)


Movers = Mapping[tuple[LineKey, Stage], Sequence[int]]
"""The positions of the events that moved a line at a stage, in order."""


def movers_of(movements: Iterable[Movement]) -> Movers:
    """Return the events that moved each line at each stage."""
    found: defaultdict[tuple[LineKey, Stage], list[int]] = defaultdict(list)
    for one in movements:
        found[(one.auction_id, one.supplier_id, one.need_id), one.stage].append(one.position)
    return found


def moved_by(
    moved: tuple[Line, ...], movers: Movers, after: int, until: int
) -> tuple[Line, ...]:
    """Return lines that moved in a time with the events of that time that moved them.

    What is owed may change what counts of an earlier delivery, and a void takes all back: then
    the event is not one of the stage itself.
    """

    def behind(line: Line, stage: Stage) -> tuple[int, ...]:
        return tuple(p for p in movers.get((line.key, stage), ()) if after < p <= until)

    return tuple(
        replace(
            line,
            stages={
                stage: replace(at, positions=behind(line, stage))
                for stage, at in line.stages.items()
            },
        )
        for line in moved
    )


def _moved(was: Line | None, now: Line | None) -> Line:
    line = now or was
    assert line is not None
    earlier = was.stages if was else {}
    later = now.stages if now else {}
    moved: dict[Stage, StageOfLine] = {}
    for stage in {**earlier, **later}:
        difference = _less(later.get(stage, _NOTHING), earlier.get(stage, _NOTHING))
        if difference != _NOTHING:
            moved[stage] = difference
    known = {*(was.outside_period if was else ())}
    return replace(
        line,
        stages=moved,
        outside_period=tuple(p for p in line.outside_period if p not in known),
        by=_by(was, now),
    )


def _less(later: StageOfLine, earlier: StageOfLine) -> StageOfLine:
    """Take away what was before; where everything is gone, its events are what there is."""
    known = {*earlier.positions}
    return StageOfLine(
        quantity=later.quantity - earlier.quantity,
        counted=later.counted - earlier.counted,
        gross_pence=later.gross_pence - earlier.gross_pence,
        net_pence=later.net_pence - earlier.net_pence,
        beyond_pence=later.beyond_pence - earlier.beyond_pence,
        positions=tuple(p for p in later.positions if p not in known)
        if later.positions
        else earlier.positions,
    )


def _by(was: Line | None, now: Line | None) -> dict[str, Decimal]:
    earlier = was.by if was else {}
    later = now.by if now else {}
    none = Decimal(0)
    return {
        side: later.get(side, none) - earlier.get(side, none) for side in {**earlier, **later}
    }


def sums_between(before: Sums, after: Sums) -> Sums:
    """Return what each part's sums moved by from one cut to a later one."""
    found: Sums = {}
    for part in before.keys() | after.keys():
        was, now = before.get(part, {}), after.get(part, {})
        found[part] = {
            proxy: {
                stage: Sum(
                    *map(
                        int.__sub__,
                        now.get(proxy, {}).get(stage, Sum()),
                        was.get(proxy, {}).get(stage, Sum()),
                    )
                )
                for stage in {**was.get(proxy, {}), **now.get(proxy, {})}
            }
            for proxy in was.keys() | now.keys()
        }
    return found
