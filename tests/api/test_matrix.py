"""Every cell of the table of policies, asked over HTTP of the whole story."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from svx_ledger import open_ledger
from svx_ledger.api.addressed import BY_STATE
from svx_ledger.api.application import create_application
from svx_ledger.api.policy import POLICIES
from svx_ledger.api.policy.page import address_of
from svx_ledger.api.policy.table import COMMANDS, READS
from svx_ledger.api.routing import Operation
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import SimulatedClock

from .keys import bearer, key_for
from .matrix import Cell, command_cells, read_cell, reader
from .played import play_into
from .published import publish, sign_with_key
from .story import ENDS_AT, LED, stranger
from .trying import OF_A_ROLE, PEOPLE

PLENTY = 10**9
OTHERS = {"outcome": {404}, "ready": {200, 503}}
"""What else is told to who may ask: that nobody in the story was they, and that views lag."""


VARYING = {"health", "ready"}
"""What says how the process is, a moment later otherwise."""


@dataclass
class Asked:
    """An application over the whole story, with a key for each person who asks."""

    exchange: Exchange
    app: FastAPI
    keys: dict[tuple[Actor, tuple[str, ...]], str] = field(default_factory=dict)

    def key(self, actor: Actor, *scopes: str) -> str:
        """Return the key of a person; the same again."""
        found = self.keys.get((actor, scopes))
        if found is None:
            found = key_for(self.exchange, actor, scopes=scopes or ("read", "act"))
            self.keys[actor, scopes] = found
        return found

    def all(self, cells: Iterator[Cell], *scopes: str) -> list[tuple[Cell, httpx2.Response]]:
        """Ask every cell, one after the other."""

        async def ask() -> list[tuple[Cell, httpx2.Response]]:
            async with self._client() as client:
                return [(cell, await self._ask(client, cell, *scopes)) for cell in cells]

        return asyncio.run(ask())

    async def _ask(
        self, client: httpx2.AsyncClient, cell: Cell, *scopes: str
    ) -> httpx2.Response:
        headers = dict(cell.headers)
        if cell.actor is not None:
            headers |= bearer(self.key(cell.actor, *scopes))
        return await client.request(
            cell.method, cell.path, json=cell.body, headers=headers, params=cell.query
        )

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx2.AsyncClient]:
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app), base_url="http://ledger.example"
        ) as client:
            yield client


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger with the whole story."""
    file = tmp_path_factory.mktemp("matrix") / "told.db"
    play_into(f"sqlite:///{file}")
    return file


@pytest.fixture
def asked(told: Path, tmp_path: Path) -> Iterator[Asked]:
    """The story as it stands at its end, with time for what could be done then."""
    file = shutil.copy(told, tmp_path / "told.db")
    with open_ledger(f"sqlite:///{file}", clock=SimulatedClock(ENDS_AT)) as exchange:
        config = Config(requests=PLENTY, anonymous_requests=PLENTY)
        app = create_application(exchange, config)
        yield Asked(exchange=exchange, app=app)
        app.state.serving.close()


def fault_of(cell: Cell, answer: httpx2.Response) -> str | None:
    """Return what is wrong with an answer, if anything is."""
    told = (answer.status_code, problem_in(answer))
    match cell.expected:
        case "key":
            right = told == (401, "not-authenticated")
            right &= answer.headers.get("www-authenticate") == "Bearer"
        case "role":
            right = told == (403, "role-not-allowed")
        case "theirs":
            edge = {"scope-not-allowed"} if cell.operation == "IssueApiKey" else set()
            right = told[0] == 403 and told[1] in OF_A_ROLE | edge
        case "let":
            right = told[0] in OTHERS.get(cell.operation, {200, 409})
    return None if right else f"{cell}: {told[0]} {told[1]}"


def problem_in(answer: httpx2.Response) -> str | None:
    """Return the name of the problem that an answer is, if it is one."""
    if answer.headers.get("content-type") != "application/problem+json":
        return None
    return str(answer.json()["type"]).removeprefix("/problems/")


def faults(answers: list[tuple[Cell, httpx2.Response]]) -> list[str]:
    return [fault for answer in answers if (fault := fault_of(*answer))]


def let(exchange: Exchange) -> Iterator[Cell]:
    """Give one cell of each command, of somebody who may give it."""
    for _, cells in groupby(command_cells(exchange), key=lambda cell: cell.operation):
        yield next(cell for cell in cells if cell.expected == "let")


def test_every_command_is_given_by_whom_the_table_lets_and_by_nobody_else(asked: Asked) -> None:
    for cell in command_cells(asked.exchange):  # before anybody's organisation is suspended
        if cell.actor is not None:
            asked.key(cell.actor)

    answers = asked.all(command_cells(asked.exchange))

    assert faults(answers) == []
    tried = {(cell.operation, cell.actor and cell.actor.role) for cell, _ in answers}
    assert len(tried) == len(COMMANDS) * len(PEOPLE)
    done = {cell.operation for cell, answer in answers if answer.status_code == 200}
    assert len(done) > len(COMMANDS) // 4


def test_a_key_for_reading_gives_no_command(asked: Asked) -> None:
    answers = asked.all(let(asked.exchange), "read")

    assert len(answers) == len(COMMANDS)
    assert {(a.status_code, problem_in(a)) for _, a in answers} == {(403, "scope-not-allowed")}


def test_a_key_for_one_command_gives_that_one_only(asked: Asked) -> None:
    answers = asked.all(let(asked.exchange), "act:SubmitBid")

    assert {
        cell.operation
        for cell, answer in answers
        if (answer.status_code, problem_in(answer)) != (403, "scope-not-allowed")
    } == {"SubmitBid"}


def test_a_key_that_does_not_read_is_told_what_the_public_is_and_who_it_is(
    asked: Asked,
) -> None:
    everybodys = [one for one in reads(asked) if "public" in one.policy.roles]
    others = [one for one in reads(asked) if "public" not in one.policy.roles]
    bidder = reader("supplier.bidder")
    assert bidder is not None
    asked.key(bidder, "act:SubmitBid")  # on the log before anybody reads it

    as_public = asked.all(read_cell(one, None) for one in everybodys)
    as_bidder = asked.all((read_cell(one, bidder) for one in everybodys), "act:SubmitBid")
    of_others = asked.all((read_cell(one, bidder) for one in others), "act:SubmitBid")

    for (cell, theirs), (_, answer) in zip(as_public, as_bidder, strict=True):
        if cell.operation not in VARYING:
            assert (answer.status_code, answer.text) == (theirs.status_code, theirs.text), cell
    let = {cell.operation for cell, answer in of_others if answer.status_code != 403}
    assert let == {name for name, policy in POLICIES.items() if policy.unscoped}


def test_what_replaces_a_statement_says_which_version_it_has_read(asked: Asked) -> None:
    cells = [
        replace(cell, headers={"Idempotency-Key": cell.operation})
        for cell in let(asked.exchange)
    ]

    answers = asked.all(iter(cells))

    assert {cell.operation for cell, answer in answers if answer.status_code == 428} == {
        name for name, policy in POLICIES.items() if policy.if_match
    }


def reads(asked: Asked) -> list[Operation]:
    operations: list[Operation] = asked.app.state.operations
    return [operation for operation in operations if not operation.command]


def test_every_read_answers_whom_the_table_lets_and_nobody_else(asked: Asked) -> None:
    sign_with_key(asked.exchange)
    publish(asked.exchange)
    cells = [
        read_cell(operation, reader(role)) for operation in reads(asked) for role in PEOPLE
    ]

    answers = asked.all(iter(cells))

    assert faults(answers) == []


def test_reads_are_where_the_page_says_they_are(asked: Asked) -> None:
    found = {operation.name: operation.path for operation in reads(asked)}
    drawn = found.pop("documentation-style")

    assert found == {name: address_of(name) for name in READS}
    assert drawn.startswith(f"{found['documentation']}/")


def test_an_operation_has_the_policy_of_its_name(asked: Asked) -> None:
    operations: list[Operation] = asked.app.state.operations

    assert {
        operation.name
        for operation in operations
        if POLICIES.get(operation.name) is not operation.policy
    } == {"documentation-style"}


def onlookers() -> list[Actor | None]:
    """Everybody who is not to know something, and those who are to know it."""
    return [
        None,
        reader("authority.approver"),
        reader("authority.observer"),
        reader("authority.approver", "organisation-fenmarsh"),
        reader("supplier.bidder"),
        reader("supplier.signatory", "organisation-tarnlight"),
        reader("supplier.signatory", "organisation-harle"),
        reader("supplier.bidder", stranger("supplier")),
        reader("community.lead", "organisation-doorstep"),
        reader("operator", stranger("operator")),
        reader("evaluator", "organisation-stonecross"),
    ]


HIDDEN_IN = ("stream", "stream-replay")
STREAMS = (
    "auction-recovery",
    "procurement-recovery",
    "correction-harle",
    "organisation-kitestone",
    "api-key-issuedharle",
    "access-ofharle",
)
SECRETS = {
    "9015000": {"organisation-kitestone"},
    "7020000": {"organisation-tarnlight"},
    "person-marchshire-observer": {"organisation-marchshire"},
    "As in the register": {of.organisation for of in LED},
    "01" + 31 * "a1": {"organisation-harle", "operator"},
}
"""What is hidden at the end of the story, and the organisations and roles from which it is not:
what the bids are worth, whose interest was declared, why a correction was asked for, and what a
key is known by. An authority's observers see none of it."""


def test_nothing_that_is_hidden_is_in_any_answer(asked: Asked) -> None:
    cells = [
        read_cell(operation, who, stream=stream)
        for operation in reads(asked)
        for stream in (STREAMS if operation.name in HIDDEN_IN else STREAMS[:1])
        for who in onlookers()
    ]

    told = [
        (secret, cell)
        for cell, answer in asked.all(iter(cells))
        for secret in SECRETS
        if secret in answer.text
    ]

    assert [f"{s} in {cell}" for s, cell in told if not knows(cell.actor, SECRETS[s])] == []
    assert {secret for secret, _ in told} == set(SECRETS)


def knows(actor: Actor | None, whoever: set[str]) -> bool:
    if actor is None or actor.role == "authority.observer":
        return False
    return not whoever.isdisjoint({actor.organisation, actor.role})


def test_a_hidden_thing_is_read_at_its_address_by_those_alone_who_know_it(
    asked: Asked,
) -> None:
    hidden = ("access", "api-key", "procurement", "correction", "resource-offer")
    cells = [
        read_cell(operation, who)
        for operation in reads(asked)
        if operation.name in BY_STATE
        for who in onlookers()
    ]

    answers = asked.all(iter(cells))

    assert {answer.status_code for _, answer in answers} == {200}
    withheld = {cell.operation for cell, answer in answers if answer.json()["withheld"]}
    assert withheld == {*hidden}
    for cell, answer in answers:
        told = answer.json()
        assert told["state"].keys().isdisjoint(told["withheld"]), str(cell)
        if cell.actor is None and cell.operation in hidden:
            assert told["withheld"], str(cell)


def test_who_takes_part_is_in_no_answer_before_the_ranking(asked: Asked) -> None:
    bidder = "organisation-kitestone"
    in_auction = {"auction", "auction-replay", "auctions", "timeline"}
    in_auction |= {"report-participants", "report-closing"}
    of_bidder = {"organisation", "stream", "stream-replay"}
    cells = [
        read_cell(operation, who, organisation_id=bidder, stream=bidder)
        for operation in reads(asked)
        if operation.name in in_auction | of_bidder
        for who in onlookers()
    ]

    answers = asked.all(iter(cells))

    for cell, answer in answers:
        items = answer.json().get("items", [answer.json()])
        of_open = [str(one) for one in items if "recovery" in str(one)]
        if not knows(cell.actor, {bidder, "organisation-marchshire"}):
            assert not any(bidder in one for one in of_open), str(cell)
