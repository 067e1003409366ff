"""What a problem tells beside its words: facts, some of them lists, and what should stand."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

import svx_ledger
from svx_ledger.api.problems import LISTS, problem_of_refusal
from svx_ledger.domain.rule import NOT_FOUND, ROLE_NOT_ALLOWED, WRONG_STATE, Refusal
from svx_ledger.eventlog.malformed import BAD_FORM, BAD_TEXT, UNKNOWN_FIELD, Malformed

from .served import Served, served
from .test_commands import bid, post

DOMAIN = Path(svx_ledger.__file__).parent / "domain"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("refusal", "facts"),
    [
        (
            ROLE_NOT_ALLOWED.refuse(allowed="operator, authority", role="public"),
            {"allowed": ["operator", "authority"], "role": "public"},
        ),
        (
            ROLE_NOT_ALLOWED.refuse(allowed="operator", role="public"),
            {"allowed": ["operator"], "role": "public"},
        ),
        (
            WRONG_STATE.refuse(state="open", expected="committed or remedied"),
            {"expected": ["committed", "remedied"], "state": "open"},
        ),
        (UNKNOWN_FIELD.refuse(pointer="", known="a, b"), {"known": ["a", "b"]}),
        (NOT_FOUND.refuse(stream="a, b"), {"stream": "a, b"}),
    ],
    ids=str,
)
def test_what_names_several_things_is_a_list(
    refusal: Refusal, facts: dict[str, object]
) -> None:
    before = dict(refusal.facts)
    problem = problem_of_refusal(refusal)

    assert problem.facts == facts
    assert refusal.facts == before  # what is remembered stays as it is
    assert orjson.loads(orjson.dumps(problem.plain()))["facts"] == facts


def test_no_rule_joins_names_under_another_fact() -> None:
    joins = [joins_in(path.read_text(), path.name) for path in DOMAIN.rglob("*.py")]
    told = {fact for found in joins for fact in found.told}
    lost = [line for found in joins for line in found.lost if not line.startswith("rule.py:")]

    assert ("role-not-allowed", "allowed") in told
    assert told <= LISTS
    assert not lost, "joined for something else than a fact: look whether it reaches one"


@pytest.mark.parametrize(
    "source",
    [
        'return A_RULE.refuse(names=", ".join(x))',
        'return A_RULE.refuse(names="one or two")',
        'return A_RULE.refuse(names=", ".join(x) if x else "none")',
        'said = ", ".join(x)\n    return A_RULE.refuse(names=said)',
        'said: str = " or ".join(x)\n    more = said\n    return A_RULE.refuse(names=more)',
        'return g(x, ", ".join(x))\ndef g(x, said): return A_RULE.refuse(names=said)',
        'return g(said=", ".join(x))\ndef g(*, said): return A_RULE.refuse(names=said)',
    ],
)
def test_names_are_found_however_they_come_to_a_fact(source: str) -> None:
    assert joins_in(f"def f(x):\n    {source}") == Joins({("a-rule", "names")}, [])


@pytest.mark.parametrize(
    "source", ['return ", ".join(x)', 'said = ", ".join(x)', 'there.g(", ".join(x))']
)
def test_names_that_come_to_no_fact_are_told_apart(source: str) -> None:
    assert joins_in(f"def f(x):\n    {source}", "m.py") == Joins(set(), ["m.py:2"])


class Joins(NamedTuple):
    """Facts that are made of several names, by their rule; lines of names that are in none."""

    told: set[tuple[str, str]]
    lost: list[str]


def joins_in(source: str, name: str = "") -> Joins:
    """Look from each fact back to what it is made of, by the names of a module's variables."""
    tree = ast.parse(source)
    put = list(_put(tree))
    told: set[tuple[str, str]] = set()
    seen: set[int] = set()
    for rule, word in _facts(tree):
        made_of = list(_made_of(word.value, put, set()))
        if any(_joins(node) or _names_several(node) for node in made_of):
            told.add((rule.lower().replace("_", "-"), str(word.arg)))
        seen |= {node.lineno for node in made_of if _joins(node)}
    lines = {
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.expr) and _joins(node)
    }
    return Joins(told, [f"{name}:{line}" for line in sorted(lines - seen)])


def _facts(tree: ast.Module) -> Iterator[tuple[str, ast.keyword]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=rule), attr="refuse")):
                yield from ((rule, word) for word in node.keywords)
            case _:
                pass


def _put(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Give what is put into which variable, also by calling a function of the module."""
    takes = {
        node.name: [one.arg for one in node.args.args]
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=variable)], value=value):
                yield variable, value
            case ast.AnnAssign(target=ast.Name(id=variable), value=ast.expr() as value):
                yield variable, value
            case ast.Call(func=ast.Name(id=called)) if called in takes:
                yield from zip(takes[called], node.args, strict=False)
                yield from ((str(word.arg), word.value) for word in node.keywords)
            case _:
                pass


def _made_of(
    value: ast.expr, put: list[tuple[str, ast.expr]], been: set[str]
) -> Iterator[ast.expr]:
    for node in ast.walk(value):
        if isinstance(node, ast.expr):
            yield node
        if isinstance(node, ast.Name) and node.id not in been:
            been.add(node.id)
            for variable, other in put:
                if variable == node.id:
                    yield from _made_of(other, put, been)


def _joins(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=between, attr="join")):
            return _names_several(between)
        case _:
            return False


def _names_several(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return ", " in text or " or " in text
        case _:
            return False


def test_a_fault_of_form_says_what_should_stand_there_and_where() -> None:
    problem = problem_of_refusal(Malformed(BAD_FORM).under("code", "three letters").refusal())
    plain = problem.plain()

    assert plain["detail"] == "three letters"
    assert plain["errors"] == [{"pointer": "/code", "detail": "three letters"}]
    assert "facts" not in plain


def test_of_a_character_that_nobody_sees_the_rule_itself_says_all() -> None:
    plain = problem_of_refusal(Malformed(BAD_TEXT).under("name", "text").refusal()).plain()

    assert plain["errors"] == [{"pointer": "/name", "detail": BAD_TEXT.demands}]


def test_a_refusal_is_remembered_as_one_text_and_told_as_a_list(small: Served) -> None:
    bidder = small.auction.bidders[0]
    key, path = small.key(bidder), f"/auctions/{small.auction.auction_id}/accept-invitation"
    body = {"supplier_id": bidder.organisation}
    first, again = (post(small, body, key=key, path=path) for _ in range(2))

    assert (first.status_code, first.json()["type"]) == (409, "/problems/wrong-state")
    assert first.content == again.content
    assert isinstance(first.json()["facts"]["expected"], list)
    outcome = small.exchange.store.outcome(bidder.principal, "first")
    assert outcome is not None
    assert isinstance(orjson.loads(outcome.refusal or "")["facts"]["expected"], str)


def test_a_bid_with_a_number_in_place_of_a_text_is_told_where_and_how(small: Served) -> None:
    body = bid(small)
    body["lines"][0]["quantity"] = 500.5
    said = post(small, body).json()

    assert said["type"] == "/problems/bad-number"
    (error,) = said["errors"]
    assert error["pointer"] == "/lines/0/quantity"
    assert error["detail"].startswith('a decimal such as 12.5 (in JSON as text, "12.5")')


def test_of_the_whole_body_the_pointer_is_empty(small: Served) -> None:
    """RFC 6901, section 5: `/` would be the field whose name is the empty text."""
    bodies: tuple[Any, ...] = ({"canary": 1}, [])
    unknown, no_object = (post(small, body).json() for body in bodies)

    assert [error["pointer"] for error in unknown["errors"]] == [""]
    assert [error["pointer"] for error in no_object["errors"]] == [""]
    assert Malformed(BAD_TEXT).refusal().facts["pointer"] == ""
