"""The order of things: who is told what where a step is out of place."""

from dataclasses import replace

from svx_ledger.domain.auction.steps import unless_at, unless_in, unless_live, unless_unsealed
from svx_ledger.domain.rule import Refusal
from tests.domain.cast import SUPPLIER

from .scene import OPEN, QUALIFIED, READY, SCHEDULED, auction_of


def told(refusal: Refusal | None) -> tuple[str, dict[str, int | str]] | None:
    return None if refusal is None else (refusal.rule.name, dict(refusal.facts))


def test_an_act_has_its_phases() -> None:
    auction = auction_of(SCHEDULED)

    assert unless_in(auction, "rules-frozen", "scheduled") is None
    assert told(unless_in(auction, "drafted", "open")) == (
        "wrong-state",
        {"state": "scheduled", "expected": "drafted, open"},
    )


def test_a_sealed_assessment_is_settled() -> None:
    assert unless_unsealed(auction_of(SCHEDULED)) is None
    assert told(unless_unsealed(auction_of(READY))) == (
        "wrong-state",
        {"state": "assessment sealed", "expected": "not sealed"},
    )


def test_a_supplier_takes_one_step_after_the_other() -> None:
    auction = replace(auction_of(QUALIFIED), participants={SUPPLIER: "accepted"})

    assert unless_at(auction, SUPPLIER, "accepted") is None
    assert told(unless_at(auction, SUPPLIER, "invited")) == (
        "wrong-state",
        {"state": "accepted", "expected": "invited"},
    )
    assert told(unless_at(auction, "organisation-supp3", "invited")) == (
        "not-invited",
        {"supplier": "organisation-supp3"},
    )


def test_an_auction_lives_until_it_ends_or_leads_to_a_contract() -> None:
    auction = auction_of(OPEN)
    for change, state, expected in (
        ({"phase": "cancelled"}, "cancelled", "not ended"),
        ({"phase": "unsuccessful"}, "unsuccessful", "not ended"),
        ({"phase": "voided"}, "voided", "not ended"),
        ({"released": True}, "lot released", "not ended"),
        ({"concluded": True}, "concluded", "no contract entered"),
    ):
        ended = replace(auction, **change)
        facts = {"state": state, "expected": expected}
        assert told(unless_live(ended)) == ("wrong-state", facts)
    assert unless_live(auction) is None
