"""How the stored views of a ledger are, as any process can see it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from svx_ledger.eventlog.record import recorded_at
from svx_ledger.eventlog.store import NotRead
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.visibility import RULES
from svx_ledger.projections.visibility.rules import PUBLIC

from .generation import Generation
from .keeping import Keeper, is_followed
from .rows import StoredRows


class Status(NamedTuple):
    """Where the views are, and who keeps them.

    `ours` says whether this program reads them, and `of_this_log` whether the last event in
    them is where the log has it: where it is not, the log was restored, cut or altered.
    `lag_seconds` is how long the oldest event that is not in them has been on the log. `rows`
    counts by projection, of those alone whose events are everybody's at once: of others it
    would tell what an auction hides.
    """

    generation: int | None
    ours: bool
    of_this_log: bool
    position: int
    head: int
    lag_events: int
    lag_seconds: float
    followed: bool
    heartbeat: datetime | None
    promoted_at: datetime | None
    building: int | None
    building_position: int | None
    rows: Mapping[str, int]


def status_of(keeper: Keeper) -> Status:
    """Return how things are; nothing is made, and nothing moved on. Raises StoreError."""
    building = _building(keeper)
    with keeper.place.reading() as moment:
        served = moment.generation if moment else None
        of_this_log = served is not None and keeper.is_of_this_log(served)
        ours = of_this_log and served is not None and served.fingerprint == keeper.fingerprint
        rows = {}
        if ours and moment is not None and isinstance(moment.rows, StoredRows):
            for projection in filter(_is_public, keeper.projections):
                rows[projection.name] = sum(map(moment.rows.size, projection.tables))
    head = keeper.store.head().position
    position = served.position if served else 0
    now = datetime.now(UTC)
    return Status(
        generation=served.number if served else None,
        ours=ours,
        of_this_log=of_this_log,
        position=position,
        head=head,
        lag_events=max(0, head - position),
        lag_seconds=_waiting(keeper, position, now),
        followed=served is not None and is_followed(served, now),
        heartbeat=served.heartbeat if served else None,
        promoted_at=served.promoted_at if served else None,
        building=building.number if building else None,
        building_position=building.position if building else None,
        rows=rows,
    )


def _is_public(projection: Projection) -> bool:
    """Whether nobody learns from the number of its rows what is hidden."""
    return all(RULES.get(kind) is PUBLIC for kind in projection.takes)


def _building(keeper: Keeper) -> Generation | None:
    known = [one for one in keeper.place.generations() if one.state == "building"]
    return known[-1] if known else None


def _waiting(keeper: Keeper, position: int, now: datetime) -> float:
    first = next(keeper.store.rows(after=position, limit=1), None)
    if first is None:
        return 0.0
    try:
        return max(0.0, (now - recorded_at(first.record)).total_seconds())
    except (ValueError, LookupError, TypeError):
        raise NotRead(f"position {position + 1} is no record") from None
