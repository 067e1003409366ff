"""The policies of the questions, held to whom each question answers, and what."""

import operator
from collections.abc import Iterator
from inspect import signature
from itertools import chain
from typing import Any, Final

import pytest

from svx_ledger.api.policy import POLICIES
from svx_ledger.cli.demo.step import person
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.auction.breaks import HiddenAmountsRead
from svx_ledger.domain.award.events import AwardRecommended, Ground
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal
from svx_ledger.projections.questions.catalogue import QUESTIONS, Question
from svx_ledger.projections.questions.sample import Head
from svx_ledger.projections.view import View

from .played import Log, instead, log_in, moments
from .story import stranger
from .trying import PEOPLE, side_of

BEFORE: Final = ("auction-closed.v1", "award-approved.v1", "correction-approved.v1")
"""Each has just been hidden from somebody."""
OF: Final = {
    "authority": ("marchshire", "ottermoor", "fenmarsh"),
    "supplier": ("brackwater", "harle", "tarnlight", "kitestone", "pellwick"),
    "community": ("lantern", "ropewalk", "doorstep"),
    "evaluator": ("plumbline", "stonecross"),
    "operator": ("exchange",),
}
VERB: Final = operator.attrgetter("verb")
of_all = [q for q in QUESTIONS if POLICIES[f"report-{q.verb}"].whose == "any"]
seen = [q for q in QUESTIONS if POLICIES[f"report-{q.verb}"].whose == "seen"]
own = [q for q in QUESTIONS if POLICIES[f"report-{q.verb}"].whose == "own"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The records of the whole story."""
    return log_in(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def end(log: Log) -> View:
    """The views at its end."""
    *_, last = moments(log)
    return last


def viewers() -> Iterator[Actor | None]:
    """Everybody: each role, for each organisation that has to do with things, and strangers."""
    yield None
    for role in PEOPLE:
        if role != "public":
            parties = OF[side_of(role)]
            yield from (person(role, party) for party in parties)
            yield apart(role)


def apart(role: Role) -> Actor:
    return Actor(id="person-apart", role=role, organisation=stranger(side_of(role)))


def ask(question: Question, view: View, viewer: Actor | None, log: Log) -> Any:
    asked = [*signature(question.ask).parameters][2:]
    lines = {"seed": "dice 4 1 6", "size": 3, "head": Head.of(log, view.position), "log": log}
    return question.ask(view, viewer, **{n: given for n, given in lines.items() if n in asked})


def test_every_question_has_a_policy_and_no_other_report_has() -> None:
    counted = {"report-needs"}  # from a view, for everybody
    named = POLICIES.keys() - counted
    verbs = {name.removeprefix("report-") for name in named if name.startswith("report-")}

    assert verbs == {question.verb for question in QUESTIONS}
    assert len(verbs) == len(of_all) + len(seen) + len(own)


@pytest.mark.parametrize("question", of_all, ids=VERB)
def test_what_is_open_is_answered_to_all_alike(question: Question, end: View, log: Log) -> None:
    answers = [ask(question, end, viewer, log) for viewer in viewers()]

    assert not isinstance(answers[0], Refusal)
    assert all(answer == answers[0] for answer in answers)


def unusual(log: Log) -> Iterator[View]:
    """Give moments that the story lacks: a departure, and a moved close looked into."""
    marked = {(row.stream, row.type): row.position for row in log.log}
    fenmarsh = person("authority.assessor", "fenmarsh")
    other = AwardRecommended(
        supplier_id="organisation-harle",
        grounds=(
            Ground(supplier_id="organisation-glimmerfold", reason="Took its tender back"),
        ),
        recommended_by=fenmarsh.id,
    )
    proposed = marked["award-lighting", "award-recommended.v1"]
    yield from moments(instead(log, proposed, ("award-lighting", other), fenmarsh))
    auditor = person("auditor", "stonecross")
    read = HiddenAmountsRead(
        purpose="To see who moved the close",
        read_by=auditor.id,
        reading_organisation=auditor.organisation,
    )
    closed = marked["auction-estates", "auction-closed.v1"]
    yield from moments(instead(log, closed, ("auction-estates", read), auditor))


@pytest.mark.parametrize("question", seen, ids=VERB)
def test_what_is_seen_is_answered_to_all_each_what_they_see(
    question: Question, log: Log
) -> None:
    differs = False
    for view in chain(moments(log, *BEFORE), unusual(log)):
        answers = [ask(question, view, viewer, log) for viewer in viewers()]
        differs |= any(answer != answers[0] for answer in answers)

        assert not any(isinstance(answer, Refusal) for answer in answers)
    assert differs


@pytest.mark.parametrize("question", own, ids=VERB)
def test_what_is_ones_own_is_answered_to_those_roles_only(
    question: Question, end: View, log: Log
) -> None:
    policy = POLICIES[f"report-{question.verb}"]
    for viewer in viewers():
        answer = ask(question, end, viewer, log)
        role: Role = "public" if viewer is None else viewer.role

        if policy.lets(role, "own"):
            assert isinstance(answer, tuple)
        else:
            assert isinstance(answer, Refusal)
            assert answer.rule is ROLE_NOT_ALLOWED


@pytest.mark.parametrize("question", own, ids=VERB)
def test_what_is_ones_own_is_nobody_elses(question: Question, end: View, log: Log) -> None:
    policy = POLICIES[f"report-{question.verb}"]
    (side,) = {side_of(role) for role in policy.roles}
    for role in policy.roles:
        found = {party: ask(question, end, person(role, party), log) for party in OF[side]}
        told = [row for rows in found.values() for row in rows]
        lent = Actor(
            id="person-lent",
            role=role,
            organisation=stranger(side),
            on_behalf_of=f"organisation-{OF[side][0]}",
        )

        assert told
        assert len(set(told)) == len(told)
        assert ask(question, end, apart(role), log) == ()
        assert isinstance(ask(question, end, lent, log), Refusal)
