"""Each cell of the table of policies, held to what the rules make of it."""

from collections import Counter
from pathlib import Path

import pytest

from svx_ledger.api.policy import POLICIES, Policy
from svx_ledger.api.policy.page import ADDRESSES, page, said
from svx_ledger.api.policy.table import COMMANDS, READS
from svx_ledger.api.policy.who import AUTHORITY, BUYER, EVALUATOR, KEYED, SUPPLIER
from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Role

from .trying import ACCEPTED, OF_A_PERSON, OF_A_ROLE, PEOPLE, Try, tried

GIVEN_BESIDE_THE_STORE = {"OpenLedger", "AddLogKey", "RevokeLogKey", "StartEpoch"}
BY_NOBODY_KNOWN = {"RegisterOrganisation"}
"""Commands that the rules would take from the public; over HTTP each has a key."""


PAGE = Path(__file__).parents[2] / "docs" / "api" / "who.md"


def accepted(found: list[Try], role: Role, standing: str) -> bool:
    return any(
        one.became == ACCEPTED
        for one in found
        if (one.actor.role, one.standing) == (role, standing)
    )


def test_every_command_has_a_policy_and_nothing_else_has() -> None:
    by_people = {name for name, cls in vocabulary.COMMANDS.items() if not cls.by_clock}

    assert set(COMMANDS) == by_people - GIVEN_BESIDE_THE_STORE
    assert POLICIES == {**COMMANDS, **READS}
    assert len(POLICIES) == len(COMMANDS) + len(READS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_rules_let_through_whom_the_table_does(name: str) -> None:
    policy, found = COMMANDS[name], tried()[name]
    cells = {
        (role, standing): accepted(found, role, standing)
        for role in PEOPLE
        for standing in ("own", "other")
        if role != "public"
    }

    assert cells == {
        (role, standing): policy.lets(role, standing)  # type: ignore[arg-type]
        for role, standing in cells
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_try_is_accepted_or_refused_for_who_tries(name: str) -> None:
    became = Counter(one.became for one in tried()[name])

    assert became[ACCEPTED]
    assert set(became) <= {ACCEPTED} | OF_A_ROLE | OF_A_PERSON


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_entered_for_another_but_by_the_operator(name: str) -> None:
    policy, found = COMMANDS[name], tried()[name]
    bound = [role for role in PEOPLE if not policy.lets(role, "other")]

    entering = {role for role in bound if accepted(found, role, "entering")}
    lent = {role for role in bound if accepted(found, role, "lent")}

    assert entering == ({"operator"} if policy.entered else set())
    assert lent == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_public_gives_no_command(name: str) -> None:
    assert "public" not in COMMANDS[name].roles
    assert accepted(tried()[name], "public", "own") == (name in BY_NOBODY_KNOWN)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_names_no_role_that_it_does_not_use(name: str) -> None:
    policy: Policy = POLICIES[name]

    assert policy.roles
    assert "clock" not in policy.roles
    if policy.whose == "own":
        entering = {"operator"} if policy.entered else set()
        assert policy.roles == policy.themselves | policy.anywhere | entering
    else:
        assert not policy.themselves | policy.anywhere
        assert not policy.entered


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
    assert all(f"`{name}`" in page() for name in POLICIES)
    assert set(ADDRESSES) == {name for name in READS if not name.startswith("report-")}


def test_the_page_tells_sets_of_roles_by_their_names() -> None:
    assert said(AUTHORITY | SUPPLIER) == "authority, supplier"
    assert said(BUYER | EVALUATOR) == "authority.buyer, evaluator"
    assert said(KEYED) == "whoever has a key"
    assert said(frozenset()) == ""
