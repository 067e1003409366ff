"""What a community organisation asks of its own needs, promises and deliveries."""

from datetime import date

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.pledge.disputing import DisputeDelivery
from svx_ledger.domain.rule import Refusal
from svx_ledger.projections.questions.community import Promised, asked, promised
from svx_ledger.projections.questions.deliveries import Delivery, disputes, waiting
from svx_ledger.projections.view import View
from tests.projections.deal import ENTERED_AT, Deal
from tests.projections.play import Play

from .conftest import decimals, view_of


def test_what_was_asked_with_what_is_covered(deal: Deal, worked: View) -> None:
    found = asked(worked, deal.lead)
    assert not isinstance(found, Refusal)
    by = {row.measure: row for row in found}

    assert {m: (row.quantity, row.committed, row.outstanding) for m, row in by.items()} == {
        "cash": decimals(5_000_000, 2_200_000, 2_800_000),
        "laptop": decimals(1_100, 1_000, 100),
        "expert": decimals(12_000, 10_000, 2_000),
        "volunteer": decimals(60_000, 50_000, 10_000),
    }
    assert {row.state for row in found} == {"approved"}
    assert {row.needed_by for row in found} == {date(2027, 3, 31)}
    kinds = [deal.play.log[position - 1].type for position in by["cash"].positions]
    assert kinds == ["need-proposed.v1", "need-committed.v1", "need-committed.v1"]


def test_the_state_of_a_need(demo: View) -> None:
    who = Actor(id="x", role="community.lead", organisation="organisation-doorstep")
    found = asked(demo, who)
    assert not isinstance(found, Refusal)

    assert {row.need_id: row.state for row in found} == {
        "need-cooks": "approved",
        "need-garden": "withdrawn",
        "need-minibus": "listed",
        "need-suppers": "approved",
        "need-visits": "approved",
    }
    (garden,) = [row for row in found if row.state == "withdrawn"]
    assert (garden.outstanding, garden.committed) == decimals(0, 0)


def test_a_need_that_is_covered_is_met() -> None:
    deal = Deal(Play())
    deal.prepare()
    states = asked(view_of(deal), deal.lead)
    deal.draft()
    deal.bid(deal.winner, {"laptop": 1_100})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    met = asked(view_of(deal), deal.lead)
    assert not isinstance(states, Refusal)
    assert not isinstance(met, Refusal)

    assert {row.state for row in states} == {"approved"}
    assert {row.measure: row.state for row in met}["laptop"] == "met"


def test_what_was_promised_by_whom_and_when(deal: Deal, worked: View) -> None:
    found = promised(worked, deal.lead)
    assert not isinstance(found, Refusal)
    (hours,) = [row for row in found if row.measure == "volunteer"]

    assert len(found) == 4
    assert (hours.supplier_id, hours.supplier) == (deal.winner, "The WINNER0001 organisation")
    assert (hours.promised_at, hours.due_by) == (ENTERED_AT, date(2027, 3, 31))
    assert (hours.quantity, hours.confirmed, hours.waiting) == decimals(50_000, 45_000, 0)
    assert (hours.how, hours.state, hours.unit) == ("contract", "due", "hour")


def test_a_direct_offer_is_a_promise_too(demo: View) -> None:
    offers = [
        row
        for name in ("lantern", "quietharbour", "doorstep", "ropewalk")
        for row in _promised(demo, f"organisation-{name}")
        if row.how == "direct offer"
    ]

    assert sorted(row.state for row in offers) == ["accepted", "declined"]
    assert [len(row.positions) for row in offers if row.state == "accepted"] == [1]


def _promised(view: View, community: str) -> list[Promised]:
    found = promised(view, Actor(id="x", role="community.lead", organisation=community))
    assert not isinstance(found, Refusal)
    return list(found)


@pytest.fixture
def claimed() -> Deal:
    """Two claims that nobody has decided."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000, "laptop": 5})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    deal.deliver("cash", 500)
    deal.deliver("laptop", 2)
    return deal


def test_what_waits_until_it_is_answered(claimed: Deal) -> None:
    before = waiting(view_of(claimed), claimed.lead)
    none = disputes(view_of(claimed), claimed.lead)
    dispute = DisputeDelivery(
        pledge_id=claimed.pledge("cash"), claim_no=1, reason="It did not come (fictional)"
    )
    claimed.play.do(dispute, claimed.lead)
    after = waiting(view_of(claimed), claimed.lead)
    disputed = disputes(view_of(claimed), claimed.lead)
    assert not isinstance(before, Refusal)
    assert not isinstance(after, Refusal)
    assert not isinstance(disputed, Refusal)
    claims = [row.position for row in claimed.play.log if row.type == "delivery-claimed.v1"]

    assert [(row.measure, *row.positions) for row in before] == [
        ("cash", claims[0]),
        ("laptop", claims[1]),
    ]
    assert none == ()
    assert [row.measure for row in after] == ["laptop"]
    (row,) = disputed
    assert (row.measure, row.state, row.reason) == (
        "cash",
        "disputed",
        "It did not come (fictional)",
    )


def test_a_dispute_stays_after_it_is_resolved(demo: View) -> None:
    found = [
        row
        for name in ("lantern", "quietharbour", "doorstep", "ropewalk")
        for row in _disputes(demo, f"organisation-{name}")
    ]

    assert [row.state for row in found] == ["resolved"]


def _disputes(view: View, community: str) -> list[Delivery]:
    found = disputes(view, Actor(id="x", role="community.lead", organisation=community))
    assert not isinstance(found, Refusal)
    return list(found)


@pytest.mark.parametrize(
    "who",
    [
        None,
        Actor(id="x", role="supplier.bidder", organisation="organisation-comm0001"),
        Actor(id="x", role="operator", organisation="organisation-comm0001"),
        Actor(id="x", role="community.lead"),
    ],
)
def test_nobody_but_a_community_organisation_for_itself_is_answered(
    worked: View, who: Actor | None
) -> None:
    for ask in (asked, promised, waiting, disputes):
        answer = ask(worked, who)
        assert isinstance(answer, Refusal)
        assert answer.rule.name == "role-not-allowed"
