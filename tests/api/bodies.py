"""Requests to commands, from what is right to what only an attacker would send.

Each is made from a seed and a number alone, so that one that shows a fault can be made again.
"""

import itertools
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from svx_ledger.api.routing import Operation

from .directly import Sent
from .drawn import drawn_from
from .hostile_headers import HEADERS, NAMES
from .keys import key_for
from .matrix import Cell, command_cells
from .spoiling import SORTS
from .target import Target


class Given(NamedTuple):
    """One way in: an operation, who may give it, where, and bodies that fit."""

    operation: Operation
    key: bytes
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    bodies: tuple[Any, ...]


class Bodies:
    """Requests to every command of an application."""

    def __init__(self, target: Target, seed: int, drawn: int) -> None:
        self._seed = seed
        cells: dict[str, list[Cell]] = {}
        for cell in command_cells(target.exchange):
            if cell.expected == "let":
                cells.setdefault(cell.operation, []).append(cell)
        self._given = [
            _given(target, operation, cells[operation.name], drawn)
            for operation in target.operations
            if operation.command
        ]

    def requests(self, many: int) -> Iterator[Sent]:
        """Give so many, to each command in turn."""
        for number, one in zip(range(many), itertools.cycle(self._given), strict=False):
            yield self.request(number, one)

    def request(self, number: int, one: Given) -> Sent:
        """Return the request of a number."""
        random = Random(f"{self._seed} {number}")
        what, make = random.choice(SORTS)
        body = random.choice(one.bodies)
        headers = {
            b"authorization": one.key,
            b"content-type": b"application/json",
            b"idempotency-key": b"body-%d" % number,
            **dict(one.headers),
        }
        path, query = one.path, b""
        if what == "header":
            name, values = random.choice(HEADERS)
            headers[name] = random.choice(values)
            if random.random() < 0.1:
                del headers[name]
        if what == "path":
            path = _elsewhere(random, path)
        if what == "query":
            query = random.choice((b"a=1", b"format=csv", b"%00", b"&&&", b"\xff", b"after=1"))
        content = make(random, body)
        parts = _in_parts(random, content) if random.random() < 0.1 else (content,)
        ends = what != "cut off"
        if not ends:
            parts = parts[:-1] if len(parts) > 1 else (content[:5],)
        method = "POST"
        if what == "method":
            method = random.choice(
                ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "X\xff")
            )
        return Sent(
            what=what,
            method=method,
            path=path.encode("latin-1", "replace"),
            query=query,
            headers=tuple(headers.items()),
            parts=parts,
            ends=ends,
            operation=one.operation,
        )


def _given(target: Target, operation: Operation, cells: list[Cell], drawn: int) -> Given:
    cell = cells[0]
    assert cell.actor is not None
    assert operation.body is not None
    key = key_for(target.exchange, cell.actor)
    headers = tuple(
        (name.lower().encode(), value.encode())
        for name, value in cell.headers.items()
        if name != "Idempotency-Key"
    )
    bodies = [cell.body for cell in cells[:4]] + _drawn(operation.body, drawn)
    path = operation.path if operation.names_new else cell.path
    return Given(operation, f"Bearer {key}".encode(), path, headers, tuple(bodies))


def _drawn(schema: Mapping[str, Any], many: int) -> list[Any]:
    found: list[Any] = []

    @seeded(1)
    @settings(
        max_examples=many,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(drawn_from(dict(schema)))
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def _elsewhere(random: Random, path: str) -> str:
    collection, *rest = path.strip("/").split("/")
    kind = collection.rstrip("s")
    name = random.choice(NAMES)
    thing = random.choice((name, f"{kind}-{name}", f"{kind}-none{random.randrange(10**6)}"))
    return "/" + "/".join((collection, thing, rest[-1]))


def _in_parts(random: Random, content: bytes) -> tuple[bytes, ...]:
    cuts = sorted(random.randrange(len(content) + 1) for _ in range(random.randrange(1, 6)))
    return tuple(content[a:b] for a, b in itertools.pairwise((0, *cuts, len(content))))
