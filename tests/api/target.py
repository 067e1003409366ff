"""What every answer has to be, whatever was sent.

One that is documented, soon, in the form that the document says, with the usual headers, and
without a word of what was sent.
"""

import asyncio
import gc
import io
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest.mock import patch

import jsonschema_rs
import orjson
from fastapi import FastAPI

from svx_ledger import open_ledger
from svx_ledger.api import serving
from svx_ledger.api.application import create_application
from svx_ledger.api.document.openapi import openapi_of
from svx_ledger.api.document.patterns import Schema
from svx_ledger.api.edge import SECURITY
from svx_ledger.api.process.logs import set_up
from svx_ledger.api.published.waiting import Waiting
from svx_ledger.api.reads import routes
from svx_ledger.api.responses import PROBLEM_TYPE
from svx_ledger.api.routing import Operation
from svx_ledger.api.serving import Config
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import SimulatedClock

from .directly import MARK, Sent, Told, ask
from .known_words import with_known_words
from .played import play_into
from .story import ENDS_AT

MOST_CPU_SECONDS: Final = 0.1
TRIES: Final = 3
MOST_GROWN_BYTES: Final = 64 * 2**20
"""In the second half of a run: the ledger keeps what was recorded, and nothing else grows."""
PLENTY: Final = 10**9
_ANYWHERE: Final = {"404": "no-such-path", "405": "wrong-method"}
"""What is answered where there is no operation."""


@dataclass
class Seen:
    """What came of many requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    """Log positions that an answer named."""
    slowest: tuple[float, str] = (0.0, "")
    """Processor seconds, and of which request; measured again where that was too much."""
    measured_again: int = 0
    memory: tuple[int, int] = (0, 0)
    """Resident bytes in the middle and at the end."""

    @property
    def many(self) -> int:
        """How many requests there were."""
        return sum(self.statuses.values())

    def __str__(self) -> str:
        """Say the figures."""
        told = ", ".join(f"{status}: {n:,}" for status, n in sorted(self.statuses.items()))
        middle, end = (bytes_ / 2**20 for bytes_ in self.memory)
        return (
            f"{self.many:,} requests of {len(self.kinds)} sorts, {len(self.problems)} problems "
            f"({told}); slowest {self.slowest[0] * 1000:.1f} ms of CPU, "
            f"{self.measured_again} measured again; {middle:.0f} MiB resident in the middle, "
            f"{end:.0f} MiB at the end; {len(self.acknowledged):,} records\n"
            f"slowest: {self.slowest[1]}"
        )


class Target:
    """An application over the story, whose answers are held to the document."""

    def __init__(self, exchange: Exchange, app: FastAPI, log: io.BytesIO) -> None:
        self.exchange = exchange
        self.app = app
        self.log = log
        self.operations: list[Operation] = app.state.operations
        self.document = with_known_words(openapi_of(app))
        self._schemas = self.document["components"]["schemas"]
        self._validators: dict[bytes, Any] = {}

    def head(self) -> int:
        """Return how many records the log has."""
        return self.exchange.store.head().position

    def run(
        self, requests: Iterator[Sent], many: int, tick: Callable[[], None] = lambda: None
    ) -> Seen:
        """Send them one after the other, look at each answer, and at the log in the end.

        What the ledger has recorded meanwhile is what was acknowledged, and nothing else.
        """
        before, seen = self.head(), Seen()
        asyncio.run(self._run(requests, seen, many // 2, tick))
        seen.memory = (seen.memory[0], resident_bytes())
        recorded = set(range(before + 1, self.head() + 1))
        for position in recorded - seen.acknowledged:
            seen.faults.append(f"record {position} was not acknowledged")
        for position in seen.acknowledged - set(range(1, self.head() + 1)):
            seen.faults.append(f"record {position} was acknowledged and is not there")
        grown = seen.memory[1] - seen.memory[0]
        if grown > MOST_GROWN_BYTES:
            seen.faults.append(f"{grown / 2**20:.0f} MiB more in the second half")
        return seen

    async def _run(
        self, requests: Iterator[Sent], seen: Seen, middle: int, tick: Callable[[], None]
    ) -> None:
        for number, sent in enumerate(requests):
            if number == middle:
                seen.memory = (resident_bytes(), 0)
            told = await ask(self.app, sent)
            await self._measure(sent, told, seen)
            seen.statuses[told.status] += 1
            seen.kinds[sent.what] += 1
            self.look(sent, told, seen)
            self._unless_logged(sent, seen)
            tick()

    def look(self, sent: Sent, told: Told, seen: Seen) -> None:
        """Find in an answer what is wrong with it."""
        for fault in self._faults(sent, told, seen):
            seen.faults.append(f"{fault}: {told.status} {told.body[:200]!r}\n  {sent}")

    async def _measure(self, sent: Sent, told: Told, seen: Seen) -> None:
        seconds = told.cpu
        if seconds > MOST_CPU_SECONDS:
            seen.measured_again += 1
            gc.collect()
            again = [await ask(self.app, _anew(sent, n)) for n in range(TRIES)]
            for one in again:
                self._acknowledge(one, seen)
            seconds = median(one.cpu for one in again)
            if seconds > MOST_CPU_SECONDS and sent.method == "POST":
                seen.faults.append(f"took {seconds * 1000:.0f} ms: {told.status}\n  {sent}")
        if seconds > seen.slowest[0]:
            seen.slowest = (seconds, str(sent))

    def _acknowledge(self, told: Told, seen: Seen) -> None:
        if told.media not in ("application/json", PROBLEM_TYPE) or told.status not in (
            200,
            409,
        ):
            return
        plain = orjson.loads(told.body)
        if plain.get("state") == "sequenced":
            seen.acknowledged.update(range(plain["position"], plain["last_position"] + 1))
        if "recorded" in plain:
            seen.acknowledged.add(plain["recorded"]["position"])

    def _faults(self, sent: Sent, told: Told, seen: Seen) -> Iterator[str]:
        if sent.method == "POST":
            self._acknowledge(told, seen)
        if told.problem is not None:
            seen.problems[told.problem] += 1
        if told.status == 0:
            yield "there is no answer"
            return
        if told.status >= 500 and not _is_foreseen(sent, told):
            yield "a fault of the server"
        for name in ("X-Request-Id", *SECURITY):
            if told.header(name) is None:
                yield f"no header {name}"
        for raw, value in told.headers:
            if re.search(rb"[^\x21-\x7e]", raw) or re.search(rb"[^\x20-\x7e]", value):
                yield f"header {raw!r} is not of printable ASCII"
        if told.problem is not None and MARK in _beside_facts(orjson.loads(told.body)):
            yield "the input is in the answer"
        yield from self._unlike(sent, told)

    def _unlike(self, sent: Sent, told: Told) -> Iterator[str]:
        """Say how an answer differs from what is documented."""
        status, media = str(told.status), told.media
        if _ANYWHERE.get(status) == told.problem and told.problem:
            if not self._fits("", status, PROBLEM_TYPE).is_valid(orjson.loads(told.body)):
                yield "it is no problem"
            return
        if sent.operation is None:
            yield "an answer of no operation"
            return
        label = f"{sent.operation.method.lower()} {sent.operation.path}"
        described = self._described(label, status)
        if described is None:
            yield f"{label} has no {status}"
        elif status == "304" or (status == "204" and not told.body):
            if told.body:
                yield "304 has a body"
        elif media not in described.get("content", {}):
            yield f"{label} {status} has no {media}"
        elif media.endswith("json"):
            plain = orjson.loads(told.body)
            for error in self._fits(label, status, media).iter_errors(plain):
                yield f"{label} {status}: {str(error)[:200]}"
                return

    def _described(self, label: str, status: str) -> Schema | None:
        method, _, path = label.partition(" ")
        responses = self.document["paths"][path][method]["responses"]
        told: Schema | None = responses.get(status)
        if told is not None and "$ref" in told:
            named = told["$ref"].rpartition("/")[2]
            told = self.document["components"]["responses"][named]
        return told

    def _fits(self, label: str, status: str, media: str) -> Any:
        """Return what checks an answer; those of one schema share it."""
        schema: Schema = {"$ref": "#/components/schemas/Problem"}
        if media != PROBLEM_TYPE:
            described = self._described(label, status)
            assert described is not None
            schema = described["content"][media].get("schema", {})
        found = self._validators.get(said := orjson.dumps(schema))
        if found is None:
            whole = schema | {"components": {"schemas": self._schemas}}
            found = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            self._validators[said] = found
        return found

    def _unless_logged(self, sent: Sent, seen: Seen) -> None:
        """Look at what was logged since: a line, with nothing of what was sent."""
        said = self.log.getvalue()
        self.log.seek(0)
        self.log.truncate()
        if MARK.encode() in said:
            seen.faults.append(f"the input is in the log: {said!r}\n  {sent}")
        if b'"level":"error"' in said:
            seen.faults.append(f"an error was logged: {said!r}\n  {sent}")
        for line in said.splitlines():
            orjson.loads(line)


def _is_foreseen(sent: Sent, told: Told) -> bool:
    """Whether a 503 is what was asked for: a position to come, or how the process is."""
    of = sent.operation.name if sent.operation else ""
    return told.status == 503 and (told.problem == "behind" or of == "ready")


def _beside_facts(problem: dict[str, Any]) -> str:
    """Return what a problem says, without the well-formed names that a rule tells apart by."""
    facts = {str(v) for v in problem.pop("facts", {}).values()}
    said = orjson.dumps(problem).decode()
    for fact in facts:
        if re.fullmatch(r"[A-Za-z0-9._/-]{1,64}", fact):
            said = said.replace(fact, "")
    return said


def _anew(sent: Sent, number: int) -> Sent:
    """Return the same request, as a command that was not given yet."""
    key = f"again-{number}-{time.perf_counter_ns()}".encode()
    headers = tuple(
        (name, key if name == b"idempotency-key" and value.startswith(b"body-") else value)
        for name, value in sent.headers
    )
    return replace(sent, headers=headers)


@contextmanager
def target(
    folder: Path, play: Callable[[str], object] = play_into, **more: Any
) -> Iterator[Target]:
    """Play the story into a folder, and serve it; nobody waits for what is not there yet."""
    url = f"sqlite:///{folder}/hostile.db"
    play(url)
    log = io.BytesIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    said = set_up("json", log)
    ours = logging.getLogger("svx_ledger")
    level_of_ours = ours.level
    ours.setLevel(logging.NOTSET)
    try:
        with (
            patch.object(serving, "VIEW_SECONDS", 0.02),
            patch.object(routes, "VIEW_SECONDS", 0.02),
            patch.object(Waiting.until, "__defaults__", (0.02,)),
            open_ledger(url, clock=SimulatedClock(ENDS_AT)) as exchange,
        ):
            config = Config(
                requests=PLENTY,
                anonymous_requests=PLENTY,
                tick=False,
                heavy_processes=0,
                **more,
            )
            app = create_application(exchange, config, note=said.request)
            try:
                yield Target(exchange, app, log)
            finally:
                app.state.serving.close()
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
        ours.setLevel(level_of_ours)
        logging.captureWarnings(capture=False)


def resident_bytes() -> int:
    """Return how much memory this process has, once what is free is given back."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
