"""The log itself: no gap, no step back, every link in place, every command whole and once."""

import hashlib
from datetime import datetime

from svx_ledger.eventlog.record import Row

from .saying import Record, broken, instant


class Log:
    """What the next record must follow."""

    def __init__(self) -> None:
        self._position = 0
        self._at: datetime | None = None
        self._leaves: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._genesis: str | None = None
        self._commands: set[tuple[str, ...]] = set()
        self._open: tuple[tuple[str, ...], str, int, int] | None = None

    def feed(self, row: Row, record: Record) -> None:
        """Follow the chain by one record."""
        said = (record["position"], record["stream"], record["version"], record["type"])
        if said != row[:4]:
            broken(row.position, f"columns {row[:4]} and bytes {said} differ")
        if row.position != self._position + 1:
            broken(row.position, f"it follows {self._position}")
        if row.version != self._versions.get(row.stream, 0) + 1:
            broken(row.position, f"{row.stream} jumps to version {row.version}")
        if record.get("prev") != self._leaves.get(row.stream, self._genesis):
            broken(row.position, "prev is not the event before")
        self._in_time_and_whole(record)
        entry = f"svx-entry/1\n{hashlib.sha256(row.record).hexdigest()}\n".encode()
        leaf = hashlib.sha256(b"\0" + entry).hexdigest()
        self._genesis = self._genesis or leaf
        self._leaves[row.stream] = leaf
        self._versions[row.stream] = row.version
        self._position = row.position

    def _in_time_and_whole(self, record: Record) -> None:
        """Time stands still within a command and grows between two; a command comes once."""
        command, actor = record["command"], record["actor"]
        at, position = instant(record["recorded_at"]), record["position"]
        who = (actor["role"], actor.get("organisation", ""), actor.get("on_behalf_of", ""))
        key = (*who, actor["id"], command["id"])
        here = (key, command["sha256"], command["of"], command["n"])
        if command["n"] == 1:
            if self._open is not None:
                broken(position, "the command before is not whole")
            if key in self._commands:
                broken(position, f"the command {key} again")
            if self._at is not None and at <= self._at:
                broken(position, f"recorded at {at}, not after {self._at}")
            self._commands.add(key)
        else:
            if self._open != (*here[:3], command["n"] - 1):
                broken(position, "the events of a command stand apart")
            if at != self._at:
                broken(position, "the events of a command differ in time")
        self._at = at
        self._open = None if command["n"] == command["of"] else here
