"""What the document promises, put to a tool of others: schemathesis, over the whole API.

It knows the document and nothing else. It is helped where a document cannot say what a
request needs: keys that open something, names of things that are there, an Idempotency-Key
that nobody used, and parameters that are not given together.
"""

import copy
import itertools
import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python import asgi

from svx_ledger import open_ledger
from svx_ledger.api import serving
from svx_ledger.api.application import create_application
from svx_ledger.api.document.openapi import openapi_of
from svx_ledger.api.document.patterns import TEXT_FORMAT, Schema
from svx_ledger.api.policy import POLICIES
from svx_ledger.api.published.waiting import Waiting
from svx_ledger.api.reads import routes
from svx_ledger.api.routing import Operation
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import SimulatedClock
from tests.strategies import visible_text

from .keys import bearer, key_for
from .known_words import with_known_words
from .matrix import QUERIES, VALUES, Cell, command_cells, reader
from .played import play_into
from .story import ENDS_AT

PLENTY: Final = 10**9
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
READERS: Final = (
    "operator",
    "authority.buyer",
    "supplier.signatory",
    "public",
    "community.lead",
    "auditor",
    "evaluator",
    "authority.observer",
)
"""Whose keys reads are asked with in turn."""
APART: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "stream-replay": (("at", "position"),),
    "auction-replay": (("at", "position"),),
    **dict.fromkeys(
        (
            *("leverage", "leverage-figures", "leverage-parts", "leverage-lines"),
            *("leverage-sensitivity", "leverage-explanation"),
        ),
        (("year", "from"), ("year", "to")),
    ),
}
"""Parameters of which one at most is given, which no document can say."""
CHECKS: Final = {
    # 503 `behind`: a position to come to that the log does not have is a well-formed wish.
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
    # 412: a version that is not current. 413: how many bytes a message has, no schema says.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "412", "413", "503"]
    },
    # 410, 412, 413 and 503 are rejections, too.
    "negative_data_rejection": {
        "expected-statuses": [
            *("400", "401", "403", "404", "405", "406", "409", "410"),
            *("412", "413", "415", "422", "428", "503"),
        ]
    },
    # 428: what RFC 6585 has for an If-Match that is required.
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "422", "428"]},
}
"""Every check is on. What is expected beyond what the tool itself expects has its reason."""


@dataclass
class Found:
    """What came of a run."""

    requests: Counter[int] = field(default_factory=Counter)
    """By status."""
    checks: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    faults: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """The first of each sort: by check, operation, and what was answered."""

    def __str__(self) -> str:
        """Say how much was tried."""
        many = sum(self.requests.values())
        told = ", ".join(f"{status}: {n}" for status, n in sorted(self.requests.items()))
        return f"{many:,} requests, {sum(self.checks.values()):,} checks ({told})"


class _Errors(logging.Handler):
    """Where in our source an error was met."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.places: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Note the kind of an error, and its place."""
        self.places.add(record.getMessage().partition(", request")[0])


class Contract:
    """An application over the story, and whoever asks it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        with self._served() as app:
            self._document: Schema = with_known_words(openapi_of(app))
            self._operations: list[Operation] = app.state.operations
        self._cells = _accepted(exchange)
        self._keys: dict[Actor, str] = {}
        self._turn = itertools.count()
        self._numbers = itertools.count(1)
        for cell in self._cells.values():  # before anybody's organisation is suspended
            self._key(cell.actor)
        for role in READERS:
            self._key(reader(role))

    def labels(self) -> list[str]:
        """Return what the tool calls each operation."""
        return [f"{one.method} {one.path}" for one in self._operations]

    def run(
        self,
        labels: Collection[str],
        *phases: str,
        examples: int = 1,
        seed: int = 1,
    ) -> Found:
        """Have some operations tried in some phases."""
        schema = self._schema(phases, examples, seed)
        found = Found()

        def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
            if case.meta is not None and case.meta.generation.mode.is_positive:
                self._help(case)

        schemathesis.hook(before_call)
        errors = _Errors()
        ours = logging.getLogger("svx_ledger")
        level = ours.level
        ours.setLevel(logging.ERROR)
        ours.addHandler(errors)
        try:
            with self._served() as app:  # one that ended is not to be asked again
                schema.app = app
                for event in from_schema(schema.include(name=[*labels])).execute():
                    if isinstance(event, events.NonFatalError):
                        found.faults["error", str(event.label), ""] = str(event.value)
                    if isinstance(event, events.ScenarioFinished):
                        _take(found, event)
                asgi.shutdown_lifespans()
        finally:
            schemathesis.hooks.unregister(before_call)
            ours.removeHandler(errors)
            ours.setLevel(level)
        for place in errors.places:
            found.faults["logged", place, ""] = ""
        return found

    @contextmanager
    def _served(self) -> Iterator[FastAPI]:
        config = Config(
            requests=PLENTY, anonymous_requests=PLENTY, tick=False, heavy_processes=0
        )
        app = create_application(self._exchange, config)
        try:
            yield app
        finally:
            app.state.serving.close()

    def _schema(self, phases: Iterable[str], examples: int, seed: int) -> Any:
        schemathesis.openapi.format(TEXT_FORMAT, visible_text(0, 60))
        schemathesis.openapi.format("uri-reference", visible_text(0, 60))
        config = {
            "seed": seed,
            "continue-on-failure": True,
            "checks": CHECKS,
            "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
        }
        schema = schemathesis.openapi.from_dict(
            self._with_examples(), config=SchemathesisConfig.from_dict(config)
        )
        contract = self

        @schema.hook("filter_case")
        def is_of_its_own(_context: Any, case: Any) -> bool:
            return not contract._is_of_another(case)

        @schema.auth(refresh_interval=None, retry_on=[])
        class Key(schemathesis.AuthProvider[str]):
            def get(self, case: Any, ctx: Any) -> str | None:
                del ctx
                return contract._key(contract._whoever(case))

            def set(self, case: Any, data: str, ctx: Any) -> None:
                del ctx
                case.headers = {**(case.headers or {}), **bearer(data)}

        return schema

    def _is_of_another(self, case: Any) -> bool:
        """Whether GET at the address of a command is a read of a thing: `rank` of awards."""
        operation = self._of(case)
        return (
            operation.command
            and case.method.upper() == "GET"
            and any(
                re.fullmatch(re.sub(r"{\w+}", "[^/]+", one.path), operation.path)
                for one in self._operations
                if one.method == "GET" and "{" in one.path
            )
        )

    def _with_examples(self) -> Schema:
        """Return the document, with an example of each command that is accepted."""
        document = copy.deepcopy(self._document)
        for one in self._operations:
            told = document["paths"][one.path][one.method.lower()]
            given = [_resolved(document, part) for part in told["parameters"]]
            if one.command:
                cell = self._cells[one.name]
                told["requestBody"]["content"]["application/json"]["example"] = cell.body
                thing = cell.path.split("/")[2]
                known = dict.fromkeys(re.findall(r"{(\w+)}", one.path), thing)
                known |= cell.headers
            else:
                known = {**VALUES, **QUERIES.get(one.name, {})}
            told["parameters"] = [
                part | ({"example": known[part["name"]]} if part["name"] in known else {})
                for part in given
            ]
        return document

    def _whoever(self, case: Any) -> Actor | None:
        """Return who sends a request: mostly somebody who may, in turn."""
        operation = self._of(case)
        turn = next(self._turn)
        of_example = case.meta is not None and case.meta.phase.name.value == "examples"
        if operation.command and (of_example or turn % 4 != 3):
            return self._cells[operation.name].actor
        if of_example:
            return reader("auditor")
        return reader(READERS[turn // 4 % len(READERS)])

    def _of(self, case: Any) -> Operation:
        label = case.operation.label
        return next(o for o in self._operations if f"{o.method} {o.path}" == label)

    def _key(self, actor: Actor | None) -> str | None:
        if actor is None:
            return None
        found = self._keys.get(actor)
        if found is None:
            found = self._keys[actor] = key_for(self._exchange, actor)
        return found

    def _help(self, case: Any) -> None:
        """Help a request that is to be a good one."""
        operation = self._of(case)
        if operation.command:
            self._help_command(operation, case)
        else:
            _help_read(operation, case)

    def _help_command(self, operation: Operation, case: Any) -> None:
        number = next(self._numbers)
        case.body = _whole(case.body)
        headers = case.headers
        headers["Idempotency-Key"] = f"contract-{number}"
        _drop_made_up(headers)
        if POLICIES[operation.name].if_match:
            headers.setdefault("If-Match", self._cells[operation.name].headers["If-Match"])
        if case.path_parameters and number % 2:
            (target,) = case.path_parameters
            case.path_parameters[target] = self._cells[operation.name].path.split("/")[2]


def _drop_made_up(headers: Any) -> None:
    """Leave out what the tool filled in with 0, as it does whatever the pattern is."""
    forms = {"If-Match": r'"\d+"', "Svx-On-Behalf-Of": r"organisation-\w+"}
    for name, form in forms.items():
        if name in headers and not re.fullmatch(form, str(headers[name])):
            del headers[name]


def _help_read(operation: Operation, case: Any) -> None:
    """Leave out what no document can say that it is not given together, or not made up."""
    _drop_made_up(case.headers)
    query = case.query or {}
    query.pop("cursor", None)
    if "year" in query:
        query["year"] = "2025/26"  # two that follow each other
    if "figure" in query:
        query["figure"] = "confirmed.gross.D1"  # one that there is
    if "known_at" in query:
        query["known_at"] = 1 + int(query["known_at"]) % 100  # a position that there is
    if "type" in query and operation.name in ("events", "trail"):
        query["type"] = "bid-accepted.v1"  # one that there is
    if operation.name == "leverage-explanation" and ("by" in query) != ("part" in query):
        query.pop("by", query.pop("part", None))  # they go together
    for group in APART.get(operation.name, ()):
        for name in [name for name in group if name in query][1:]:
            del query[name]


def _whole(value: Any) -> Any:
    """Write 1.0 as 1: to a schema both are whole numbers, a command takes the second only."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return value


@contextmanager
def contract(folder: Path) -> Iterator[Contract]:
    """Play the story into a folder, and serve it; nobody waits for what is not there yet."""
    url = f"sqlite:///{folder}/told.db"
    play_into(url)
    with (
        patch.object(serving, "VIEW_SECONDS", 0.05),
        patch.object(routes, "VIEW_SECONDS", 0.05),
        patch.object(Waiting.until, "__defaults__", (0.05,)),
        open_ledger(url, clock=SimulatedClock(ENDS_AT)) as exchange,
    ):
        yield Contract(exchange)


def _accepted(exchange: Exchange) -> dict[str, Cell]:
    """Return one cell of each command, of somebody who may give it."""
    found: dict[str, Cell] = {}
    for cell in command_cells(exchange):
        if cell.expected == "let":
            found.setdefault(cell.operation, cell)
    return found


def _resolved(document: Schema, part: Schema) -> Schema:
    pointer = part.get("$ref")
    if pointer is None:
        return part
    _, _, kind, name = pointer.split("/")
    found: Schema = document["components"][kind][name]
    return found


def _take(found: Found, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    for interaction in recorder.interactions.values():
        if (answered := interaction.response) is not None:
            found.requests[answered.status_code] += 1
            found.phases[event.phase.value] += 1
            problem = _problem(answered.content)
            if answered.status_code == 503 and problem not in ("behind", ""):  # "": /ready
                found.faults["unforeseen", str(event.label), f"503 {problem}"] = ""
    for case_id, checks in recorder.checks.items():
        for check in checks:
            found.checks[check.name] += 1
            if check.failure_info is None:
                continue
            asked = recorder.interactions.get(case_id)
            answer = asked.response if asked is not None else None
            told = f"{answer.status_code} {_problem(answer.content)}" if answer else ""
            operation = recorder.cases[case_id].value.operation.label
            failure = check.failure_info
            said = f"{failure.failure}\n{failure.code_sample}"
            found.faults.setdefault((check.name, operation, told), said)


def _problem(body: bytes | None) -> str:
    named = re.search(rb'"type":"/problems/([a-z-]+)"', body or b"")
    return named[1].decode() if named else ""
