"""Golden records: one frozen example of every stored type, as the bytes that a ledger holds.

`records.jsonl` has a record on each line, `leaves.txt` its leaf hash and its type on the same
line. A line is written once and stays for ever. After adding a type of event:

    python -m tests.golden

appends a line for each type that has none, from the demo if that reaches it, else from
`handmade`, and further lines until every part that any candidate has is frozen in one of them.
It leaves every other line alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from svx_ledger.eventlog.record import Row

FOLDER = Path(__file__).parent
RECORDS = "records.jsonl"
LEAVES = "leaves.txt"


class Golden(NamedTuple):
    """A frozen record with its frozen leaf hash, in hex."""

    type: str
    leaf: str
    record: bytes

    @property
    def row(self) -> Row:
        """The record as a row of the table, its columns as the bytes say."""
        plain = orjson.loads(self.record)
        return Row(
            plain["position"], plain["stream"], plain["version"], plain["type"], self.record
        )


def golden(folder: Path = FOLDER) -> Iterator[Golden]:
    """Read every frozen line."""
    records = (folder / RECORDS).read_bytes().split(b"\n")
    leaves = (folder / LEAVES).read_text(encoding="ascii").split("\n")
    assert records.pop() == b""
    assert leaves.pop() == ""
    for record, line in zip(records, leaves, strict=True):
        leaf, name = line.split("  ")
        yield Golden(name, leaf, record)


def parts(record: bytes) -> frozenset[str]:
    """Return the paths of all fields in a record's data, those in lists under `*`."""
    return frozenset(_parts(orjson.loads(record)["data"], ""))


def _parts(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}/{name}"
            yield from _parts(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner, f"{path}/*")
