"""Scopes hold at every address of a command, that which names the new thing included."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from svx_ledger.api.routing import Operation
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.world import OPERATOR, registration

from .served import Served, served
from .trying import side_of

EXCHANGE = "organisation-exchange"
FOR = {
    "authority": "organisation-w001auth",
    "supplier": "organisation-w001s000",
    "community": "organisation-w001comm",
    "evaluator": "organisation-w001eval",
    "operator": EXCHANGE,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """A ledger, and keys of somebody in each role for it."""

    one: Served
    known: dict[tuple[Role, str], str]

    def of(self, role: Role, scope: str) -> str:
        """Return a key with one scope; the same again."""
        if (role, scope) not in self.known:
            called = role.replace(".", "-").replace("_", "-")
            of = FOR[side_of(role)]
            actor = Actor(id=f"person-{called}", role=role, organisation=of)
            self.known[role, scope] = self.one.key(actor, scope)
        return self.known[role, scope]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    with served(tmp_path_factory.mktemp("scopes"), config=Config(requests=10**9)) as one:
        one.exchange.execute(registration(EXCHANGE, side="operator"), OPERATOR)
        verify = VerifyOrganisation(organisation_id=EXCHANGE, basis="Known.")
        assert isinstance(one.exchange.execute(verify, OPERATOR), Sequenced)
        yield Keys(one, {})


def commands(one: Served) -> list[Operation]:
    operations: list[Operation] = one.app.state.operations
    return [operation for operation in operations if operation.command]


@pytest.mark.parametrize("scope", ["read", "act:another"])
@pytest.mark.parametrize("names_new", [False, True])
def test_a_key_without_the_scope_gives_a_command_at_neither_address(
    keys: Keys, scope: str, *, names_new: bool
) -> None:
    asked = [
        (operation, keys.of(min(operation.policy.roles), scope_for(operation, scope)))
        for operation in commands(keys.one)
        if operation.names_new is names_new
    ]
    before = keys.one.head()

    async def ask(operation: Operation, key: str) -> tuple[int, str]:
        path = re.sub(r"\{\w+\}", "thing-0001", operation.path)
        async with keys.one.client(key) as client:
            sent = {"Idempotency-Key": operation.id, "If-Match": '"1"'}
            answer = await client.post(path, json={}, headers=sent)
        return answer.status_code, answer.json()["type"]

    said = {operation.id: asyncio.run(ask(operation, key)) for operation, key in asked}

    assert len(said) > 5
    assert {
        name: told
        for name, told in said.items()
        if told != (403, "/problems/scope-not-allowed")
    } == {}
    assert keys.one.head() == before


def scope_for(operation: Operation, scope: str) -> str:
    """Return a scope that does not let this command through."""
    if scope == "read":
        return scope
    return "act:WithdrawBid" if operation.name == "SubmitBid" else "act:SubmitBid"
