"""Questions give nothing away of a hidden auction: not in rows, counts, sums or order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.memory import Views
from svx_ledger.projections.questions.catalogue import QUESTIONS, Question
from svx_ledger.projections.view import View
from tests.domain.outcome import OPERATOR
from tests.projections.deal import CLOSES_AT, Deal
from tests.projections.play import Play


def viewers(deal: Deal) -> dict[str, Actor | None]:
    """Everybody but those who bid."""
    return {
        "public": None,
        "buyer": deal.buyer,
        "observer": deal.person("authority.observer"),
        "community": deal.lead,
        "evaluator": deal.person("evaluator", deal.evaluator),
        "auditor": Actor(id="person-audit", role="auditor", organisation="organisation-audit"),
        "operator": replace(OPERATOR, organisation="organisation-exchange"),
        "stranger": Actor(id="person-x", role="supplier.bidder", organisation="organisation-x"),
    }


@pytest.fixture(scope="module")
def before_and_after() -> tuple[Deal, View, View]:
    """An open auction before its bids, and the same at the same time after them."""
    deal = Deal(Play())
    deal.prepare()
    deal.spend(100)
    deal.draft()
    before = deal.play.views()
    deal.bid(deal.winner, {"cash": 1_234_567})
    deal.bid(deal.winner, {"cash": 1_234_568})  # below the increment
    deal.bid(deal.rival, {"cash": 1_234_567})  # the same as the winner's
    after = deal.play.views()
    return deal, _view(before, deal), _view(after, deal)


def _view(views: Views, deal: Deal) -> View:
    return View(views.tables, views.position, deal.play.now)


def told(deal: Deal, view: View) -> dict[tuple[str, str], str]:
    """What everybody is told, by who and verb; nothing is confirmed, so nothing is sampled."""
    return {
        (who, question.verb): repr(question.ask(view, viewer, **_given(question, deal)))
        for who, viewer in viewers(deal).items()
        for question in QUESTIONS
        if question.verb != "sample"
    }


def _given(question: Question, deal: Deal) -> dict[str, Any]:
    return {"log": deal.play} if question.verb == "receipts" else {}


def test_nobody_is_answered_differently_for_a_hidden_bid(
    before_and_after: tuple[Deal, View, View],
) -> None:
    deal, before, after = before_and_after
    was = told(deal, before)
    differing = {key for key, answer in told(deal, after).items() if answer != was[key]}

    assert before.position < after.position
    assert differing == set()


def test_a_bidder_is_told_of_its_own_bids_and_no_other_s(
    before_and_after: tuple[Deal, View, View],
) -> None:
    deal, before, after = before_and_after
    rival = deal.bidder(deal.rival)
    changed = {
        question.verb: repr(answer)
        for question in QUESTIONS
        if question.verb != "sample"
        and (answer := question.ask(after, rival, **_given(question, deal)))
        != question.ask(before, rival, **_given(question, deal))
    }

    assert changed.keys() == {"my-bids", "receipts"}
    for answer in changed.values():
        assert deal.winner not in answer
        assert "bid-below-increment" not in answer
        assert "123456800" not in answer


def test_a_late_bid_shows_in_the_close_alone() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    before = deal.play.views()
    deal.bid(deal.winner, {"cash": 1_234_567}, CLOSES_AT - timedelta(seconds=30))
    earlier, later = (_view(views, deal) for views in (before, deal.play.views()))
    was = told(deal, earlier)
    differing = {key for key, answer in told(deal, later).items() if answer != was[key]}

    assert differing == {(who, "closing") for who in viewers(deal)}
    assert "123456700" not in "".join(told(deal, later).values())
