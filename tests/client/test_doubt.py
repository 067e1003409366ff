"""A doubt stays until the ledger settles it, whatever the attempts after it find."""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import orjson
import pytest

from svx_ledger.api import problems as api
from svx_ledger.api.application import create_application
from svx_ledger.api.problems import FAILURES, problem_of, problem_of_refusal
from svx_ledger.api.refusals import EDGE
from svx_ledger.api.serving import Config
from svx_ledger.client import Done, NotDone, NotFulfilled, Refused, Unknown
from svx_ledger.client.asked import Heard, Lost, Reply
from svx_ledger.client.beside import beside
from svx_ledger.client.call import Patience
from svx_ledger.client.giving import NOTHING_WRITTEN, giving
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.eventlog.malformed import FORMS
from svx_ledger.ledger import WrongClock
from svx_ledger.ledger.answer import BAD_COMMAND_ID, NOT_REMEMBERED, OWN_RULES

from .conftest import LEAD, Registrar
from .faulty import CutAsked, CutTold, Fate, Through, faulty
from .hurried import hurried
from .setting import Either, Sort, written

KEY = "doubtful"
JSON = {"content-type": "application/problem+json"}


def told(name: str, status: int, command_id: str | None = None) -> Heard:
    said = {"type": f"/problems/{name}", "status": status}
    said |= {"command_id": command_id} if command_id else {}
    return Heard(status, JSON, orjson.dumps(said))


def exchanged(problem: api.Problem | None) -> Heard:
    """A problem as the exchange answers with it."""
    assert problem is not None
    return Heard(problem.status, JSON, orjson.dumps(problem.plain()))


def refused_by(rule: Rule) -> Heard:
    return exchanged(problem_of_refusal(Refusal(rule, {}), KEY))


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
HARMLESS: tuple[Reply, ...] = (
    NEVER_SENT,
    told("busy", 503),
    told("not-written", 503),
    told("too-slow", 408),
)
DOUBTFUL: tuple[Reply, ...] = (
    SENT,
    told("outcome-unknown", 503, KEY),
    Heard(502, {}, b""),
    Heard(408, {}, b""),
)
TURNED_AWAY = told("not-authenticated", 401)
REFUSED = told("wrong-state", 409, KEY)
RULES = {**FORMS, **OWN_RULES, BAD_COMMAND_ID.name: BAD_COMMAND_ID}
REUSED = RULES["command-id-reused"]
PASSED_OVER = {
    **{name: refused_by(RULES[name]) for name in NOT_REMEMBERED - {REUSED.name}},
    **{p.name: exchanged(p) for p in EDGE if p.status < 500 and p.status not in (408, 429)},
    "wrong-clock, as a failure": exchanged(problem_of(WrongClock("why"), KEY)),
    "of another key": told("wrong-state", 409, "another"),
    "of somebody in between": Heard(403, {}, b"<p>No"),
    "elsewhere": Heard(307, {"location": "/x"}, b""),
}
"""What turns a command away, and is not remembered under its key, as it is answered."""


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
        for name, other in PASSED_OVER.items():
            assert words(registrar, doubtful, other) == [Unknown, Unknown], name
            assert words(registrar, other) == [Refused], name


def test_a_key_of_another_command_is_an_answer_that_is_not_settled(
    registrar: Registrar,
) -> None:
    reused = refused_by(REUSED)  # what was in doubt is not done under it
    call = giving(registrar.command(), beside(KEY, None, None), Patience(1, 1))
    with pytest.raises(Unknown):
        call.judge(SENT)
    with pytest.raises(Refused) as word:
        call.judge(reused)

    assert word.value.problem.command_id is None
    assert not word.value.is_settled


def test_what_was_done_under_another_key_is_no_answer(registrar: Registrar) -> None:
    other = DONE._replace(body=DONE.body.replace(KEY.encode(), b"another"))

    assert words(registrar, DONE) == [Done]
    assert words(registrar, other, TURNED_AWAY) == [Unknown, Unknown]


def test_without_a_doubt_what_is_turned_away_is_refused(registrar: Registrar) -> None:
    for before in itertools.permutations(HARMLESS):
        assert words(registrar, *before, TURNED_AWAY)[-1] is Refused


def test_nothing_was_written_where_the_exchange_says_so() -> None:
    problems = [*EDGE, *(api.Problem(name=n, status=s, title=t) for _, n, s, t, _ in FAILURES)]
    said = {
        one.name
        for one in problems
        if one.status in (408, 429, 500, 503)
        and (one.status == 429 or "othing was " in one.title)
    }

    assert said | {"http-429"} == NOTHING_WRITTEN
    assert {"too-slow", "busy", "not-written", "store-refused"} <= said


class Away(NamedTuple):
    """How the real exchange turns away the attempt after one that was not answered."""

    rule: str
    status: int
    word: type[NotFulfilled] = Unknown
    scopes: tuple[str, ...] = ("read", "act")
    is_key: bool = True
    read_only: bool = False
    taken: bool = False


AWAY = (
    Away("not-authenticated", 401, is_key=False),
    Away("scope-not-allowed", 403, scopes=("read",)),
    Away("wrong-clock", 409, read_only=True),
    Away("command-id-reused", 422, word=Refused, taken=True),
)


@pytest.mark.parametrize("lost", [CutTold(0), CutAsked(60)], ids=["reached", "not reached"])
@pytest.mark.parametrize("away", AWAY, ids=[away.rule for away in AWAY])
def test_what_the_exchange_turns_away_settles_no_doubt(
    registrar: Registrar,
    sort: Sort,
    new_id: Callable[[], str],
    *,
    away: Away,
    lost: Fate,
) -> None:
    one, key = registrar.one, new_id()
    app = create_application(one.exchange, Config(read_only=away.read_only, heavy_processes=0))
    api_key = one.key(LEAD, *away.scopes)
    if away.taken:
        one.exchange.execute(registrar.command(), LEAD, key)
    if not away.is_key:
        api_key = api_key[:-64] + "0" * 64
    before = written(one, key)
    command, told = registrar.command(), []
    for fates in ([Through()], [lost, Through()]):  # without a doubt, and with one
        with faulty(app, fates) as server, hurried(3):
            client = Either(sort, server.url, api_key)
            with pytest.raises(NotFulfilled) as raised:
                client.ask("execute", command, idempotency_key=key)
        told.append(raised.value)
    app.state.serving.close()
    after = written(one, key)

    assert [type(word) for word in told] == [Refused, away.word]
    for word in told:
        assert isinstance(word, Refused | Unknown)
        assert word.idempotency_key == key
        assert word.problem is not None
        assert (word.problem.name, word.problem.status) == (away.rule, away.status)
        assert word.problem.command_id is None
        assert not (isinstance(word, Refused) and word.is_settled)
        assert not (isinstance(word, Unknown) and word.repeatable)
    assert after == before
