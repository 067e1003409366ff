"""Many changes as one: what is left to do to each row once a batch of changes is composed.

Most changes of a batch meet in few rows: a hundred bids patch one auction. Composed, each row
is touched once, whatever the batch. The algebra is small: for every key the batch ends in one
`Put`, one `Patch` or one `Remove`, and it may presuppose that the row was there before.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .memory import OutOfStep
from .table import Change, Changes, Key, Patch, Put, R, Remove, Table, Value


class Mark(NamedTuple):
    """How far a log was read: the last event that was folded in.

    `leaf` is its Merkle leaf, by which a log that is not the same one is told.
    """

    position: int
    leaf: bytes
    recorded_at: datetime


class Part:
    """What a batch does to one table. A key is in one of `puts`, `patches` and `removes`.

    `presupposed` are those keys of `puts` and `removes` that an earlier row must have had:
    what the batch began with was a patch or a removal of it. Every patch presupposes its row.
    Of a table whose rows are put once there is only `grown`, its new rows as they came.
    """

    __slots__ = (
        *("grown", "patches", "places", "presupposed", "puts", "removes", "table", "width"),
    )

    def __init__(self, table: Table[Any]) -> None:
        self.table = table
        self.width = len(table.key)
        self.grown: list[Any] | None = [] if table.grows == "once" else None
        self.places = {column.name: n for n, column in enumerate(table.columns)}
        self.puts: dict[Key, Any] = {}
        self.patches: dict[Key, dict[str, Value]] = {}
        self.removes: set[Key] = set()
        self.presupposed: set[Key] = set()

    def rows(self) -> Mapping[Key, Any]:
        """Return the rows to put, by key. Raises OutOfStep for a second one with a key."""
        if self.grown is None:
            return self.puts
        rows = {row[: self.width]: row for row in self.grown}
        if len(rows) != len(self.grown):
            raise OutOfStep(f"{self.table.name} is given the same row twice")
        return rows

    def put(self, key: Key, row: Any) -> None:
        """Write this row, whatever was there."""
        if self.patches and self.patches.pop(key, None) is not None:
            self.presupposed.add(key)
        if self.removes:
            self.removes.discard(key)
        self.puts[key] = row

    def patch(self, key: Key, columns: Mapping[str, Value]) -> None:
        """Set some columns. Raises OutOfStep for a row that the batch has removed."""
        row = self.puts.get(key)
        if row is not None:
            values = list(row)
            for name, value in columns.items():
                values[self.places[name]] = value
            self.puts[key] = tuple.__new__(type(row), values)  # `_replace`, at half its cost
            return
        patched = self.patches.get(key)
        if patched is not None:
            patched.update(columns)
        elif key in self.removes:
            raise OutOfStep(f"{self.table.name} has no row {key}")
        else:
            self.patches[key] = dict(columns)

    def remove(self, key: Key) -> None:
        """Delete the row, if there is one."""
        self.puts.pop(key, None)
        if self.patches.pop(key, None) is not None:
            self.presupposed.add(key)
        self.removes.add(key)

    def presuppose(self, key: Key) -> None:
        """Have a row with this key before what comes next. Raises OutOfStep."""
        if key in self.removes:
            raise OutOfStep(f"{self.table.name} has no row {key}")
        if key not in self.puts and key not in self.patches:
            self.presupposed.add(key)


class Net:
    """The composition of row changes, for each table and key.

    After an OutOfStep it is worth nothing: what a batch did of itself cannot be done.
    """

    __slots__ = ("_parts",)

    def __init__(self, changes: Changes = ()) -> None:
        self._parts: dict[str, Part] = {}
        self.extend(changes)

    def add(self, change: Change) -> None:
        """Compose one more change. Raises OutOfStep for a row that the batch has removed."""
        self.extend((change,))

    def extend(self, changes: Changes) -> None:
        """Compose more changes, in order. Raises OutOfStep."""
        parts = self._parts
        for change in changes:
            table = change.table
            try:
                part = parts[table.name]
            except KeyError:
                part = self.part(table)
            kind = type(change)
            if kind is Put:
                row = change.row  # type: ignore[union-attr]
                if part.grown is not None:
                    part.grown.append(row)
                elif part.patches or part.removes:
                    part.put(row[: part.width], row)
                else:
                    part.puts[row[: part.width]] = row
            elif kind is Patch:
                assert not table.grows
                assert change.columns.keys().isdisjoint(table.key)  # type: ignore[union-attr]
                part.patch(change.key, change.columns)  # type: ignore[union-attr]
            else:
                assert kind is Remove
                assert not table.grows
                part.presuppose(change.key)  # type: ignore[union-attr]
                part.remove(change.key)  # type: ignore[union-attr]

    def merge(self, later: "Net") -> None:
        """Compose what came next; associative. Raises OutOfStep. `later` is left as it was."""
        for its in later.parts():
            part = self.part(its.table)
            if part.grown is not None:
                part.grown += its.grown or ()
            for key in its.presupposed:
                part.presuppose(key)
            for key, row in its.puts.items():
                part.put(key, row)
            for key, columns in its.patches.items():
                part.patch(key, columns)
            for key in its.removes:
                part.remove(key)

    def of(
        self, table: Table[R]
    ) -> tuple[Mapping[Key, R], Mapping[Key, Mapping[str, Value]], Collection[Key]]:
        """Return the rows to put, the columns to patch and the keys to remove, each by key.

        A put replaces whatever row was there. A patch is of a row that is there: that it is
        not is for the backend to find (OutOfStep). A removal may find nothing, unless the key
        is `presupposed`.
        """
        part = self._parts.get(table.name)
        if part is None:
            return {}, {}, ()
        return part.rows(), part.patches, part.removes

    def presupposed(self, table: Table[Any]) -> Collection[Key]:
        """Return the keys of puts and removals that had a row before, or the log is damaged.

        Few: of rows that are removed, or that are patched and then put anew in one batch.
        """
        part = self._parts.get(table.name)
        return part.presupposed if part else ()

    def parts(self) -> Collection[Part]:
        """Return what it does, table by table; tables that it leaves alone are not there."""
        return self._parts.values()

    def part(self, table: Table[Any]) -> Part:
        """Return the part of a table, to be added to."""
        part = self._parts.get(table.name)
        if part is None:
            part = self._parts[table.name] = Part(table)
        return part
