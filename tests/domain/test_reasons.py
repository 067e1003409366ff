"""A refusal says why: the facts that a person needs in order to see what to do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.closing import CloseAuction
from svx_ledger.domain.kind import Command
from svx_ledger.domain.need import NeedCommitted, NeedListed
from svx_ledger.domain.rule import Refusal, Rule

from . import test_listing as listing
from . import test_need as need
from . import test_organisation as organisation
from . import test_procurement as procurement
from . import test_project as project
from . import test_proxies as proxies
from . import test_spend as spend
from .auction import scene as auction
from .cast import (
    APPROVED,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    EVALUATOR,
    LEAD,
    LOT,
    NEED,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    PROCUREMENT,
    PROPOSED,
    STARTED,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World

COVERED = NeedCommitted(pledge_id="pledge-a001", quantity=Decimal(20))
REFUSED: list[tuple[Past, Command, Actor, str, Mapping[str, int | str]]] = [
    (
        proxies.HISTORY,
        proxies.ADOPT,
        BIDDER,
        "role-not-allowed",
        {"allowed": "evaluator, authority", "role": "supplier.bidder"},
    ),
    (
        proxies.HISTORY,
        replace(proxies.ADOPT, proxies=(proxies.HOURS, proxies.HOURS)),
        EVALUATOR,
        "measure-twice",
        {"measure": "hour"},
    ),
    (
        proxies.HISTORY,
        replace(proxies.ADOPT, proxies=(replace(proxies.HOURS, pounds_per_unit=Decimal(0)),)),
        EVALUATOR,
        "proxy-not-positive",
        {"measure": "hour"},
    ),
    (
        [],
        replace(organisation.REGISTER, identifiers=(organisation.IDENTIFIER,) * 2),
        BIDDER,
        "identifier-twice",
        {"identifier": "identifier:GB-CHC/1000001"},
    ),
    (
        organisation.TRUSTED,
        organisation.VERIFY,
        BUYER,
        "verifier-unnamed",
        {"role": "authority.buyer"},
    ),
    (
        project.HISTORY,
        project.REGISTER,
        OPERATOR,
        "role-not-allowed",
        {"allowed": "community", "role": "operator"},
    ),
    (
        project.HISTORY,
        project.REGISTER,
        replace(LEAD, organisation="organisation-comm2"),
        "not-yours",
        {"organisation": COMMUNITY},
    ),
    (
        verified(COMMUNITY, "supplier"),
        project.REGISTER,
        LEAD,
        "wrong-side",
        {"expected": "community", "side": "supplier"},
    ),
    (
        registered(COMMUNITY, "community"),
        project.REGISTER,
        LEAD,
        "not-verified",
        {"state": "registered", "expected": "verified"},
    ),
    (
        STARTED,
        replace(need.PROPOSE, quantity=Decimal("-1E+1")),
        LEAD,
        "nothing-asked",
        {"quantity": "-10", "unit": "laptop"},
    ),
    (
        STARTED,
        replace(need.PROPOSE, needed_by=date(2026, 3, 1)),
        LEAD,
        "needed-in-the-past",
        {"needed_by": "2026-03-01", "today": "2026-03-02"},
    ),
    (
        need.HISTORY,
        need.APPROVE,
        BIDDER,
        "role-not-allowed",
        {"allowed": "authority", "role": "supplier.bidder"},
    ),
    (
        need.HISTORY,
        need.APPROVE,
        replace(BUYER, organisation=COMMUNITY),
        "approves-own-need",
        {"organisation": COMMUNITY},
    ),
    (
        need.HISTORY,
        need.APPROVE,
        replace(BUYER, id=LEAD.id),
        "same-person",
        {"person": LEAD.id},
    ),
    (
        [*need.HISTORY, (NEED, APPROVED)],
        need.APPROVE,
        BUYER,
        "wrong-state",
        {"state": "approved", "expected": "proposed"},
    ),
    (
        [*listing.HISTORY, (listing.AUCTION, listing.FROZEN)],
        listing.LIST,
        BUYER,
        "wrong-state",
        {"state": "rules-frozen", "expected": "drafted"},
    ),
    (
        listing.HISTORY[:-1],
        listing.LIST,
        BUYER,
        "wrong-state",
        {"state": "proposed", "expected": "approved"},
    ),
    (
        [*listing.HISTORY, (NEED, NeedListed(auction_id="auction-b002", relevance="Related"))],
        listing.LIST,
        BUYER,
        "need-listed-already",
        {"auction": "auction-b002"},
    ),
    (
        [*listing.HISTORY, (NEED, replace(COVERED, quantity=Decimal("7.50")))],
        listing.LIST,
        BUYER,
        "quantity-indivisible",
        {"need": NEED, "quantity": "12.5"},
    ),
    (
        [*listing.HISTORY, (NEED, COVERED)],
        listing.LIST,
        BUYER,
        "nothing-outstanding",
        {"outstanding": "0", "unit": "laptop"},
    ),
    (
        [*listing.DRAFT, (NEED, replace(PROPOSED, measure="room")), listing.HISTORY[-1]],
        listing.LIST,
        BUYER,
        "measure-not-priced",
        {"measure": "room"},
    ),
    (
        [*listing.DRAFT, (NEED, replace(PROPOSED, unit="box")), listing.HISTORY[-1]],
        listing.LIST,
        BUYER,
        "unit-not-priced",
        {"stated": "box", "valued": "laptop"},
    ),
    (
        procurement.KNOWN,
        procurement.REGISTER,
        OPERATOR,
        "role-not-allowed",
        {"allowed": "authority.buyer", "role": "operator"},
    ),
    (
        procurement.HISTORY,
        replace(procurement.REGISTER, procurement_id="procurement-pr02"),
        BUYER,
        "ocid-taken",
        {"ocid": "ocds-abc123-0001", "procurement": PROCUREMENT},
    ),
    (
        procurement.KNOWN,
        replace(procurement.REGISTER, lots=(LOT, LOT)),
        BUYER,
        "lot-twice",
        {"lots": 2},
    ),
    (
        procurement.HISTORY,
        replace(procurement.PUBLISH, published_on=date(2026, 3, 3)),
        BUYER,
        "notice-in-the-future",
        {"published_on": "2026-03-03", "today": "2026-03-02"},
    ),
    (
        [*procurement.HISTORY, (PROCUREMENT, procurement.PUBLISHED)],
        procurement.PUBLISH,
        BUYER,
        "wrong-state",
        {"state": "published", "expected": "registered"},
    ),
    (
        spend.HISTORY,
        replace(spend.FEE, payer_id=OTHER_AUTHORITY),
        OTHER_BUYER,
        "not-yours",
        {"organisation": AUTHORITY},
    ),
    (
        spend.HISTORY,
        replace(spend.FEE, amount_pence=0),
        BUYER,
        "nothing-spent",
        {"amount_pence": 0},
    ),
    (
        spend.HISTORY,
        replace(spend.COST, period_to=date(2025, 12, 31)),
        BUYER,
        "period-backwards",
        {"period_from": "2026-01-01", "period_to": "2025-12-31"},
    ),
    (
        [*spend.HISTORY, (spend.SPEND, spend.FEE_RECORDED)],
        replace(spend.FEE, spend_id="spend-s002"),
        BUYER,
        "invoice-taken",
        {"invoice": "INV-1", "spend": spend.SPEND},
    ),
    (
        auction.OPEN,
        CloseAuction(auction_id=auction.AUCTION, closed_at=auction.CLOSES_AT),
        OPERATOR,
        "role-not-allowed",
        {"role": "operator"},
    ),
    (
        need.HISTORY,
        need.PROPOSE,
        LEAD,
        "already-exists",
        {"stream": NEED},
    ),
    (
        [],
        need.APPROVE,
        BUYER,
        "not-found",
        {"stream": NEED},
    ),
]


@pytest.mark.parametrize(("given", "when", "by", "rule", "facts"), REFUSED)
def test_a_refusal_says_why(
    *, given: Past, when: Command, by: Actor, rule: str, facts: Mapping[str, int | str]
) -> None:
    refusal = World(given).decide(when, by, NOON)

    assert isinstance(refusal, Refusal)
    assert (refusal.rule.name, refusal.facts) == (rule, facts)


def test_a_refusal_reads_as_what_is_demanded_the_facts_and_the_remedy() -> None:
    rule = Rule("too-dark", "A lamp is lit at dusk.", "Light it.")

    assert str(rule.refuse(lamp="lamp-0001", minutes=3)) == (
        "too-dark: A lamp is lit at dusk. (lamp lamp-0001, minutes 3) Light it."
    )
    assert str(rule.refuse()) == "too-dark: A lamp is lit at dusk. Light it."
