"""What changed between two states, field by field, in plain JSON values."""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from svx_ledger.eventlog.plain import plain_of

How = Literal["added", "removed", "changed"]
KNOWN_BY: Final = (
    *("need_id", "supplier_id", "bid_no", "lot", "number", "pledge_id", "claim_no"),
    *("organisation_id", "person_id", "subject", "position"),
)
"""What the items of a list are known by: the first that each of them has, and no two share."""


class Difference(NamedTuple):
    """One value that is not what it was, under its JSON pointer (RFC 6901).

    An item of a list stands under what it is known by (`KNOWN_BY`), where it has that, and
    else under its place: so a rise in rank changes one number, not every row.
    """

    field: str
    how: How
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Return what changed between two values of ours, in the order of their fields."""
    return tuple(_between("", plain_of(before), plain_of(after)))


def _between(where: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, list) and isinstance(after, list):
        found = tuple(_between(where, *_keyed(before, after)))  # none: only their order changed
        yield from found or (Difference(where, "changed", before, after),)
        return
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield Difference(where, "changed", before, after)
        return
    for name in (*before, *(name for name in after if name not in before)):
        field = f"{where}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in after:
            yield Difference(field, "removed", before[name])
        elif name not in before:
            yield Difference(field, "added", None, after[name])
        else:
            yield from _between(field, before[name], after[name])


def _keyed(before: list[Any], after: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two lists by what their items are known by; by their places for want of that."""
    items = [*before, *after]
    if items and all(isinstance(item, dict) for item in items):
        for name in KNOWN_BY:
            known = [[str(item.get(name, "")) for item in side] for side in (before, after)]
            if all(len(set(side)) == len(side) and "" not in side for side in known):
                first, second = known
                return (
                    dict(zip(first, before, strict=True)),
                    dict(zip(second, after, strict=True)),
                )
    elif all(isinstance(item, str) for item in items):  # a set, or names: in or out
        sides = [{item: item for item in side} for side in (before, after)]
        if len(sides[0]) == len(before) and len(sides[1]) == len(after):
            return sides[0], sides[1]
    by_place = [{str(n): item for n, item in enumerate(side)} for side in (before, after)]
    return by_place[0], by_place[1]
