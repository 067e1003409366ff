"""A list of things by their names: read in the order of its table, from where a page ended."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, NamedTuple, TypeVar

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.table import R, Rows, Table
from svx_ledger.projections.view import View

T = TypeVar("T", bound=tuple[Any, ...])
_AT_ONCE: Final = 1000
"""Rows that are read together where it is not known how many of them will do."""


class Filter(NamedTuple):
    """What a list can be narrowed to: items with this value in `column`.

    `form` is a type with its marks, `metavar` stands for a value in a usage.
    """

    name: str
    column: str
    form: Any
    metavar: str
    meaning: str


class Page(NamedTuple):
    """Some items of a list; `ended` is the name of the last one, where there are more."""

    items: tuple[Any, ...]
    ended: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Generic[R, T]):
    """A list: its items are made of the rows of a table, which has one column for its key.

    `group` is that of the verbs on such things, `list` the one that shows it; `shown` are the
    columns that a person is shown. `allows` says whether a row may be shown to a viewer, by
    default to everybody. `within` spares looking at rows that it would hide: it returns of
    which organisation alone any are shown to a viewer ("", which names none, where none are),
    and None where it may be any. `through` finds rows by a column that the table has no index
    of, in their order.
    """

    group: str
    meaning: str
    table: Table[R]
    item: type[T]
    made: Callable[[View, R], T]
    filters: tuple[Filter, ...]
    shown: tuple[str, ...]
    allows: Callable[[Rows, R, Actor | None], bool] = lambda *_: True
    within: Callable[[Actor | None], str | None] = lambda _: None
    through: Mapping[str, Callable[[Rows, Any], Iterable[R]]] | None = None

    @property
    def looks_at_all(self) -> frozenset[str]:
        """The names of filters that every row is looked at for: nothing finds their rows."""
        found_by = {*self.table.found_by, *(self.through or ())}
        return frozenset(one.name for one in self.filters if one.column not in found_by)


class _Asked(NamedTuple):
    """Values wanted, by column; where to begin; and how many items are to be had."""

    wanted: Mapping[str, Any]
    after: str | None
    limit: int | None

    @property
    def many(self) -> int:
        """How many rows to read at a time: no more than needed, where each of them will do."""
        return _AT_ONCE if self.wanted or self.limit is None else self.limit + 1


def page_of(
    listed: ListOf[R, T],
    view: View,
    viewer: Actor | None = None,
    *,
    sought: Mapping[str, Any] | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> Page:
    """Return the items that a viewer may see, as `sought` narrows them, by filters' names.

    Those whose names come after one, and at most `limit`; all for None. A filter for None
    narrows nothing. Raises KeyError for one that the list does not have.
    """
    columns = {one.name: one.column for one in listed.filters}
    given = ((columns[name], value) for name, value in (sought or {}).items())
    wanted = {column: value for column, value in given if value is not None}
    within = listed.within(viewer)
    if within is not None:
        if wanted.get("organisation_id", within) != within:
            return Page((), None)
        wanted = {"organisation_id": within} | wanted  # first: what is read is what is shown
    each = _items(listed, view, viewer, _Asked(wanted, after, limit))
    found = tuple(islice(each, None if limit is None else limit + 1))
    page = found[:limit]
    ended = page[-1][0] if len(page) < len(found) else None
    return Page(tuple(item for _, item in page), ended)


def _items(
    listed: ListOf[R, T], view: View, viewer: Actor | None, asked: _Asked
) -> Iterator[tuple[str, T]]:
    """Give what is wanted and may be shown, each after the name that its row has."""
    wanted = asked.wanted
    of_row = {column.name for column in listed.table.columns} & wanted.keys()
    of_item = wanted.keys() - of_row
    for row in _rows(listed, view.rows, asked):
        if any(getattr(row, name) != wanted[name] for name in of_row):
            continue
        if not listed.allows(view.rows, row, viewer):
            continue
        item = listed.made(view, row)
        if all(getattr(item, name) == wanted[name] for name in of_item):
            yield _name(listed.table, row), item


def _rows(listed: ListOf[R, T], rows: Rows, asked: _Asked) -> Iterator[R]:
    """Give the rows after a name, by an index where there is one for what is wanted."""
    table, through, after = listed.table, listed.through or {}, asked.after
    for column, value in asked.wanted.items():
        if column in table.found_by:
            found = rows.where(table, column, value)
        elif column in through:
            found = through[column](rows, value)
        else:
            continue
        yield from (row for row in found if after is None or _name(table, row) > after)
        return
    while True:
        some = list(rows.page(table, None if after is None else (after,), asked.many))
        yield from some
        if len(some) < asked.many:
            return
        after = _name(table, some[-1])


def _name(table: Table[R], row: R) -> str:
    return str(table.key_of(row)[0])
