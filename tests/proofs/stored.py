"""Rows as a ledger stores them, made with the standard library, to check and to spoil."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from svx_ledger.proofs.checks.each_row import StoredRow
from svx_ledger.proofs.checks.openings import Opening
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SALT = b"s" * 32
STREAMS = 7


def canonical(plain: Any) -> bytes:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def at(seconds: float) -> str:
    """A time, so long after the ledger began."""
    return f"{BEGAN + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%fZ}"


def unix(seconds: float) -> int:
    """The same in Unix seconds."""
    return int(BEGAN.timestamp() + seconds)


def record(
    *,
    position: int,
    stream: str = "auction-1",
    version: int = 1,
    prev: bytes | None = b"p" * 32,
    data: dict[str, Any] | None = None,
    **other: Any,
) -> bytes:
    """The bytes of one record; what is not given is as it mostly is."""
    plain = {
        "actor": {"id": "person-1", "role": "operator"},
        "command": {"id": "c", "n": 1, "of": 1, "sha256": "0" * 64, "type": "Do"},
        "data": data or {},
        "position": position,
        "recorded_at": other.pop("at", at(position)),
        "salt": f"{position:032x}",
        "stream": stream,
        "svx": 1,
        "type": "thing-done.v1",
        "version": version,
        **other,
    }
    if prev is not None:
        plain["prev"] = prev.hex()
    return canonical(plain)


def history(count: int, overrides: dict[int, dict[str, Any]] | None = None) -> list[StoredRow]:
    """An honest log of so many events, a second apart; by position, what else a record says."""
    rows: list[StoredRow] = []
    ends: dict[str, tuple[int, bytes]] = {}
    opening = None
    for position in range(1, count + 1):
        stream = "ledger-1" if position == 1 else f"auction-{position % STREAMS}"
        version, before = ends.get(stream, (0, opening))
        fields: dict[str, Any] = {"stream": stream, "version": version + 1, "prev": before}
        fields |= (overrides or {}).get(position, {})
        data = record(position=position, **fields)
        leaf = leaf_hash(entry_of(data))
        opening = opening or leaf
        plain = json.loads(data)
        ends[plain["stream"]] = (plain["version"], leaf)
        row = (position, plain["stream"], plain["version"], plain["type"], data)
        rows.append(row)
    return rows


def opening(payload: str, *, stream: str, version: int, field: str = "note") -> Opening:
    """A private text that is kept."""
    return Opening(stream, version, field, SALT, payload.encode())
