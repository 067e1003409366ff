"""A doubt stays until the ledger settles it, whatever the attempts after it find."""

import itertools

import orjson
import pytest

from svx_ledger.client import Done, NotDone, NotFulfilled, Refused, Unknown
from svx_ledger.client.asked import Heard, Lost, Reply
from svx_ledger.client.call import Patience
from svx_ledger.client.giving import beside, giving

from .conftest import Registrar

KEY = "doubtful"
JSON = {"content-type": "application/problem+json"}


def told(name: str, status: int, command_id: str | None = None) -> Heard:
    said = {"type": f"/problems/{name}", "status": status, "command_id": command_id}
    return Heard(status, JSON, orjson.dumps(said))


DONE = Heard(
    200,
    {"content-type": "application/json"},
    orjson.dumps(
        {
            "state": "sequenced",
            "command_id": KEY,
            "position": 7,
            "last_position": 7,
            "stream": "project-0000",
            "version": 1,
            "recorded_at": "2026-06-01T09:00:00.000000Z",
            "events": [],
        }
    ),
)
NEVER_SENT = Lost("no connection", sent=False)
SENT = Lost("cut", sent=True)
HARMLESS: tuple[Reply, ...] = (NEVER_SENT, told("busy", 503), told("not-written", 503))
DOUBTFUL: tuple[Reply, ...] = (SENT, told("outcome-unknown", 503), Heard(502, {}, b""))
TURNED_AWAY = told("not-authenticated", 401)
REFUSED = told("wrong-state", 409, KEY)


def words(registrar: Registrar, *replies: Reply) -> list[type]:
    call = giving(registrar.command(), beside(KEY, None, None), Patience(1, 1))
    found: list[type] = []
    for reply in replies:
        try:
            found.append(type(call.judge(reply)))
        except NotFulfilled as word:
            found.append(type(word))
    return found


@pytest.mark.parametrize("first", HARMLESS)
@pytest.mark.parametrize("doubtful", DOUBTFUL)
def test_every_attempt_after_a_doubt_is_in_doubt(
    registrar: Registrar, first: Reply, doubtful: Reply
) -> None:
    for after in (*HARMLESS, TURNED_AWAY):
        assert words(registrar, first, doubtful, after) == [NotDone, Unknown, Unknown]


def test_only_the_ledger_settles_it(registrar: Registrar) -> None:
    for doubtful in DOUBTFUL:
        assert words(registrar, doubtful, DONE) == [Unknown, Done]
        assert words(registrar, doubtful, REFUSED) == [Unknown, Refused]
        for other in (
            told("wrong-state", 409, "another"),
            told("wrong-clock", 409, KEY),
            told("ledger-not-open", 409, KEY),
        ):
            assert words(registrar, doubtful, other) == [Unknown, Unknown]


def test_a_key_of_another_command_is_an_answer_that_is_not_settled(
    registrar: Registrar,
) -> None:
    reused = told("command-id-reused", 422, KEY)  # what was in doubt is not done under it
    call = giving(registrar.command(), beside(KEY, None, None), Patience(1, 1))
    with pytest.raises(Unknown):
        call.judge(SENT)
    with pytest.raises(Refused) as word:
        call.judge(reused)

    assert not word.value.is_settled


def test_what_was_done_under_another_key_is_no_answer(registrar: Registrar) -> None:
    other = DONE._replace(body=DONE.body.replace(KEY.encode(), b"another"))

    assert words(registrar, DONE) == [Done]
    assert words(registrar, other, TURNED_AWAY) == [Unknown, Unknown]


def test_without_a_doubt_what_is_turned_away_is_refused(registrar: Registrar) -> None:
    for before in itertools.permutations(HARMLESS):
        assert words(registrar, *before, TURNED_AWAY)[-1] is Refused
