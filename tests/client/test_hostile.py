"""Whatever stands in an answer, what is raised is one of the documented words."""

import copy
from collections.abc import Iterator
from typing import Any, Final

import orjson
import pytest

from svx_ledger.client import Done, NotAnswered, NotDone, NotFulfilled, Refused, Unknown
from svx_ledger.client.asked import Heard, problem_of
from svx_ledger.client.beside import beside
from svx_ledger.client.call import Call, Patience
from svx_ledger.client.giving import giving
from svx_ledger.client.reading import reading

from .conftest import Registrar
from .faulty import Say, faulty
from .setting import Either, Sort

KEY = "hostile"
PATIENCE = Patience(1, 0)
PROBLEM: Final[dict[str, Any]] = {
    "type": "/problems/wrong-state",
    "status": 409,
    "title": "Said.",
    "detail": "said",
    "remedy": "Mend it.",
    "facts": {"number": 1, "text": "one", "names": ["one", "two"]},
    "errors": [{"pointer": "/a", "detail": "a text"}],
    "command_id": KEY,
    "recorded": {
        "position": 7,
        "recorded_at": "2026-06-01T09:00:00.000000Z",
        "state": "published",
        "receipts": [{"position": 7, "record": "a", "entry": "b", "receipt": "c"}],
    },
}
DONE: Final[dict[str, Any]] = {
    "state": "published",
    "command_id": KEY,
    "position": 7,
    "last_position": 7,
    "stream": "project-0000",
    "version": 1,
    "recorded_at": "2026-06-01T09:00:00.000000Z",
    "events": [{"stream": "project-0000", "type": "project-registered.v1", "data": {}}],
    "receipts": [{"position": 7, "record": "a", "entry": "b", "receipt": "c"}],
}


DEEP: Final = b'"deep"'
ODD: Final[tuple[Any, ...]] = (
    *(None, [], [[]], [None], "text", "", 7, -1, 1.5, 10**18, True, {}, {"a": None}),
    *({"items": 1}, [{"pointer": None}], [{"pointer": {}}], "deep", ["deep"], {"a": "deep"}),
)
"""What stands in the place of a part; "deep" is made a list in a list, and so on."""


def spoilt(whole: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], bytes]]:
    """Give the object with something odd, or nothing, in the place of each of its parts."""
    for path in _paths(whole):
        for odd in (*ODD, ...):
            one = copy.deepcopy(whole)
            at: Any = one
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = odd
            if odd is ...:
                del at[path[-1]]
            yield path, orjson.dumps(one).replace(DEEP, b"[" * 1000 + b"]" * 1000)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value if isinstance(value, dict) else dict(enumerate(value))
    for key, part in parts.items():
        yield (*before, key)
        if isinstance(part, dict | list):
            yield from _paths(part, (*before, key))


def heard(body: bytes, status: int) -> Heard:
    return Heard(status, {"content-type": "application/problem+json"}, body)


def word(call: Call[Any], reply: Heard) -> object:
    try:
        return call.judge(reply)
    except NotFulfilled as told:
        return told


@pytest.mark.parametrize(
    ("status", "given", "read"),
    [
        (408, NotDone | Unknown, NotAnswered),
        (409, Refused, Refused),
        (422, Refused, Refused),
        (429, NotDone | Unknown, NotAnswered),
        (500, NotDone | Unknown, NotAnswered),
        (503, NotDone | Unknown, NotAnswered),
        (599, NotDone | Unknown, NotAnswered),
    ],
)
def test_every_problem_ends_in_a_word(
    registrar: Registrar, status: int, given: Any, read: Any
) -> None:
    bodies = [body for _, body in spoilt(PROBLEM)]
    for body in (*bodies, b"", b"null", b"[]", b"7", b"\xff", b"[" * 2000, b'{"a":' * 900):
        reply = heard(body, status)
        command = giving(registrar.command(), beside(KEY, None, None), PATIENCE)

        words = word(command, reply), word(reading("/me", {}, PATIENCE), reply)

        assert isinstance(words[0], given), body
        assert isinstance(words[1], read), body
        assert all(str(one) for one in words), body
    assert len(bodies) > 400


def test_every_outcome_ends_in_a_word(registrar: Registrar) -> None:
    for path, body in spoilt(DONE):
        reply = heard(body, 200)
        command = giving(registrar.command(), beside(KEY, None, None), PATIENCE)
        told = word(command, reply)

        assert isinstance(told, Done | Unknown), body
        if isinstance(told, Done):
            assert isinstance(told.stream, str), path
            assert all(isinstance(event.data, dict) for event in told.events), path


@pytest.mark.parametrize("method", ["execute", "get", "pages"])
def test_both_clients_raise_a_word_for_each_member(
    registrar: Registrar, sort: Sort, method: str
) -> None:
    bodies = [body for path, body in spoilt(PROBLEM) if len(path) == 1]
    header = (("Content-Type", "application/problem+json"),)
    argument = registrar.command() if method == "execute" else "/me"
    with faulty(fates=[Say(409, body, header) for body in bodies]) as server:
        client = Either(sort, server.url, registrar.key, retry_for=0)
        for body in bodies:
            asked = client.list if method == "pages" else client.ask
            with pytest.raises(Refused) as told:
                asked(method, argument)

            assert told.value.rule in ("wrong-state", "http-409"), body
            assert str(told.value), body
    assert len(server.asked) == len(bodies)


@pytest.mark.parametrize(
    "facts", [None, [], "text", 7, {"a": None}, {"a": 1.5}, {"a": True}, {"a": {}}, {"a": [1]}]
)
def test_facts_are_numbers_texts_and_names_or_the_problem_is_not_read(facts: Any) -> None:
    problem = problem_of(heard(orjson.dumps(PROBLEM | {"facts": facts}), 409))

    assert (problem.name, problem.facts) == ("http-409", {})


def test_a_whole_problem_is_read() -> None:
    problem = problem_of(heard(orjson.dumps(PROBLEM), 409))

    assert problem.name == "wrong-state"
    assert problem.facts == {"number": 1, "text": "one", "names": ("one", "two")}
    assert problem.command_id == KEY
    assert problem.recorded is not None
