"""What is settled is what the ledger remembers, as the ledger itself shows it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest

from svx_ledger import open_ledger
from svx_ledger.api import problems as api
from svx_ledger.api.problems import problem_of, problem_of_refusal
from svx_ledger.client import Refused
from svx_ledger.client.asked import Heard
from svx_ledger.client.asked import problem_of as problem_in
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.domain.vocabulary import RULES
from svx_ledger.eventlog import record
from svx_ledger.eventlog.malformed import FORMS
from svx_ledger.eventlog.store import NotWritten
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import Refusal, SimulatedClock, WrongClock
from svx_ledger.ledger.answer import NOT_REMEMBERED, OWN_RULES
from tests.api.served import NINE, Served
from tests.ledger.conftest import OPEN, OPERATOR
from tests.ledger.test_write_path import register

from .conftest import Registrar
from .faulty import faulty
from .setting import Either, Sort

KEY = "the-key"


class Case(NamedTuple):
    """A command that is refused, and what was given before it, under which key."""

    command: Command
    before: tuple[tuple[Command, str], ...] = ((OPEN, "open"),)
    actor: Actor = OPERATOR
    key: str = KEY
    version: int | None = None


BIDDER = Actor(id="person-b", role="supplier.bidder", organisation="organisation-bidder")
VERIFY = VerifyOrganisation(organisation_id="organisation-000001", basis="checked")
TAKEN = replace(register(2), identifiers=register(1).identifiers)
CASES: dict[str, Case] = {
    "ledger-not-open": Case(register(1), before=()),
    "wrong-clock": Case(replace(OPEN, clock="real"), before=()),
    "command-id-reused": Case(register(2), before=((OPEN, "open"), (register(1), KEY))),
    "bad-command-id": Case(register(1), key="clock:x"),
    "bad-text": Case(register(1, name="in\u202evisible")),
    "record-too-large": Case(register(1, name="x" * 150)),
    "version-mismatch": Case(register(1), version=7),
    "already-exists": Case(register(1), before=((OPEN, "open"), (register(1), "first"))),
    "identifier-taken": Case(TAKEN, before=((OPEN, "open"), (register(1), "first"))),
    "already-open": Case(replace(OPEN, ledger_id="ledger-other")),
    "role-not-allowed": Case(
        VERIFY, before=((OPEN, "open"), (register(1), "first")), actor=BIDDER
    ),
    "not-found": Case(VERIFY),
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Exchange]:
    url = f"sqlite:///{tmp_path}/settled.db"
    with open_ledger(url, create=True, clock=SimulatedClock(NINE)) as ledger:
        yield ledger


@pytest.mark.parametrize(("rule", "case"), CASES.items(), ids=CASES.keys())
def test_what_is_settled_is_remembered_and_nothing_else_is(
    empty: Exchange, monkeypatch: pytest.MonkeyPatch, rule: str, case: Case
) -> None:
    for command, key in case.before:
        empty.execute(command, OPERATOR, key)
    if rule == "record-too-large":
        monkeypatch.setattr(record, "MAX_RECORD_BYTES", 200)
    refusal = empty.execute(case.command, case.actor, case.key, expected_version=case.version)
    assert isinstance(refusal, Refusal)
    row = empty.store.outcome(case.actor.principal, case.key)
    remembered = (
        row is not None
        and row.refusal is not None
        and orjson.loads(row.refusal)["rule"] == refusal.rule.name
    )
    said = problem_of_refusal(refusal, case.key)

    assert refusal.rule.name == rule
    assert (rule in NOT_REMEMBERED) is not remembered
    assert (said.command_id == case.key) is remembered
    assert settled(said, case.key) is remembered


def settled(said: api.Problem, key: str) -> bool:
    """Whether the client takes a problem for settled, as it comes from the exchange."""
    body = orjson.dumps(said.plain())
    heard = Heard(said.status, {"content-type": "application/problem+json"}, body)
    return Refused(problem_in(heard), key).is_settled


def test_every_rule_of_the_ledger_itself_is_looked_at() -> None:
    assert OWN_RULES.keys() <= CASES.keys()
    assert {"bad-text", "record-too-large"} <= FORMS.keys()


def test_what_a_decider_refuses_is_remembered() -> None:
    assert not NOT_REMEMBERED & RULES.keys(), "a decider's refusal is remembered"


def test_a_failure_names_the_command_unless_it_reads_as_a_refusal() -> None:
    turned_away, not_written = (
        problem_of(failure("why"), KEY) for failure in (WrongClock, NotWritten)
    )
    assert turned_away is not None
    assert not_written is not None

    assert (turned_away.status, turned_away.command_id) == (409, None)
    assert (not_written.status, not_written.command_id) == (503, KEY)


def test_a_key_of_another_command_settles_nothing_and_its_outcome_is_that_commands(
    registrar: Registrar, sort: Sort, new_id: Callable[[], str]
) -> None:
    key = new_id()
    with faulty(registrar.one.app) as server:
        client = Either(sort, server.url, registrar.key)
        done = client.ask("execute", registrar.command(), idempotency_key=key)
        with pytest.raises(Refused) as told:
            client.ask("execute", registrar.command(), idempotency_key=key)
        outcome = client.ask("outcome", key)

    assert told.value.rule == "command-id-reused"
    assert told.value.problem.command_id is None
    assert not told.value.is_settled
    assert (outcome["state"], outcome["position"]) == ("sequenced", done.position)


def test_what_names_the_key_is_the_outcome_under_it(auctioned: Served, sort: Sort) -> None:
    bid, bidder = auctioned.auction.bid(0, pounds=500), auctioned.auction.bidders[0]
    with faulty(auctioned.app) as server:
        client = Either(sort, server.url, auctioned.key(bidder))
        with pytest.raises(Refused) as told:
            client.ask("execute", bid, idempotency_key=KEY, expected_version=1)
        outcome = client.ask("outcome", KEY)

    assert told.value.problem.command_id == KEY
    assert told.value.is_settled
    assert outcome["state"] == "refused"
    assert outcome["problem"]["type"] == f"/problems/{told.value.rule}"
