"""Resource offers: each rule on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.proxies import ProxySetSuperseded
from svx_ledger.domain.resource_offer import (
    OfferResource,
    ResourceOffer,
    ResourceOffered,
    ResourceWithdrawn,
    WithdrawResource,
)
from tests.domain.cast import (
    ADOPTED,
    BIDDER,
    BUYER,
    LAPTOPS,
    PLACE,
    PROXY_SET,
    SUPPLIER,
    Past,
    adopted,
    registered,
    verified,
)
from tests.domain.outcome import NOON, OPERATOR, World, outcome

from .refused import refused

OFFER = "resource-offer-r001"
THERE: Past = [*verified(SUPPLIER, "supplier"), *ADOPTED]
STATE = OfferResource(
    resource_offer_id=OFFER,
    supplier_id=SUPPLIER,
    measure="laptop",
    unit="laptop",
    quantity=Decimal(12),
    places=(PLACE,),
    available_from=date(2026, 1, 1),
    available_to=date(2026, 9, 30),
    proxy_set_id=PROXY_SET,
)
OFFERED = ResourceOffered(
    supplier_id=SUPPLIER,
    measure="laptop",
    unit="laptop",
    quantity=Decimal(12),
    places=(PLACE,),
    available_from=date(2026, 1, 1),
    available_to=date(2026, 9, 30),
    proxy_set_id=PROXY_SET,
    offered_by=BIDDER.id,
)
UNPRICED = replace(STATE, proxy_set_id=None)
WITHDRAW = WithdrawResource(resource_offer_id=OFFER, reason="Given elsewhere")
WITHDRAWN = ResourceWithdrawn(reason="Given elsewhere", withdrawn_by=BIDDER.id)
HELD: Past = [*THERE, (OFFER, OFFERED)]


def test_a_supplier_says_what_it_could_give() -> None:
    assert outcome(given=THERE, when=STATE, by=BIDDER) == [OFFERED]
    assert World(HELD).streams[OFFER] == ResourceOffer(
        supplier_id=SUPPLIER, measure="laptop", unit="laptop", quantity=Decimal(12)
    )


def test_only_the_supplier_itself_offers() -> None:
    rival = replace(BIDDER, organisation="organisation-supp2")

    assert outcome(given=THERE, when=STATE, by=rival) == "not-yours"
    assert outcome(given=THERE, when=STATE, by=BUYER) == "role-not-allowed"
    assert outcome(given=THERE, when=STATE, by=OPERATOR) == "role-not-allowed"


def test_the_organisation_is_a_verified_supplier() -> None:
    unverified = [*registered(SUPPLIER, "supplier"), *ADOPTED]
    community = [*verified(SUPPLIER, "community"), *ADOPTED]

    assert outcome(given=unverified, when=STATE, by=BIDDER) == "not-verified"
    assert outcome(given=community, when=STATE, by=BIDDER) == "wrong-side"


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_more_than_nothing_is_offered(quantity: str) -> None:
    least = replace(UNPRICED, quantity=Decimal("0.000001"))

    assert isinstance(outcome(given=THERE, when=least, by=BIDDER), list)
    assert refused(given=THERE, when=replace(STATE, quantity=Decimal(quantity)), by=BIDDER) == (
        "nothing-offered",
        {"quantity": quantity, "unit": "laptop"},
    )


def test_the_period_does_not_run_backwards() -> None:
    day = replace(STATE, available_from=STATE.available_to)
    back = replace(STATE, available_from=STATE.available_to + timedelta(days=1))

    assert isinstance(outcome(given=THERE, when=day, by=BIDDER), list)
    assert refused(given=THERE, when=back, by=BIDDER) == (
        "period-backwards",
        {"period_from": "2026-10-01", "period_to": "2026-09-30"},
    )


def test_its_last_day_is_today_in_the_united_kingdom_or_later() -> None:
    today = replace(STATE, available_to=NOON.date())
    over = replace(STATE, available_to=NOON.date() - timedelta(days=1))
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    june = replace(STATE, available_to=date(2026, 6, 30))

    assert isinstance(outcome(given=THERE, when=today, by=BIDDER), list)
    assert refused(given=THERE, when=over, by=BIDDER) == (
        "offered-in-the-past",
        {"last_day": "2026-03-01", "today": "2026-03-02"},
    )
    assert outcome(given=THERE, when=june, by=BIDDER, at=first_of_july) == "offered-in-the-past"


def test_a_proxy_set_that_is_named_values_the_measure_in_this_unit() -> None:
    other_measure = replace(STATE, measure="room")
    other_unit = replace(STATE, unit="box")

    assert refused(given=THERE, when=other_measure, by=BIDDER) == (
        "measure-not-priced",
        {"measure": "room"},
    )
    assert refused(given=THERE, when=other_unit, by=BIDDER) == (
        "unit-not-priced",
        {"stated": "box", "valued": "laptop"},
    )
    for stated in (other_measure, other_unit):
        free = replace(stated, proxy_set_id=None)
        assert isinstance(outcome(given=THERE, when=free, by=BIDDER), list)


def test_what_is_valued_as_indivisible_is_offered_whole() -> None:
    half = replace(STATE, quantity=Decimal("1.5"))
    divisible = [
        *verified(SUPPLIER, "supplier"),
        *adopted(replace(LAPTOPS, divisible=True)),
    ]

    assert isinstance(outcome(given=divisible, when=half, by=BIDDER), list)
    assert refused(given=THERE, when=half, by=BIDDER) == (
        "quantity-indivisible",
        {"offer": OFFER, "quantity": "1.5"},
    )


def test_what_a_record_cannot_value_is_refused() -> None:
    def worth(quantity: int) -> list[object] | str:
        dear = adopted(replace(LAPTOPS, pounds_per_unit=Decimal(10**11)))
        offer = replace(STATE, quantity=Decimal(quantity))
        given = [*verified(SUPPLIER, "supplier"), *dear]
        return outcome(given=given, when=offer, by=BIDDER)  # type: ignore[return-value]

    assert isinstance(worth(100), list)
    assert worth(101) == "worth-too-much"


def test_a_proxy_set_that_is_named_is_in_use() -> None:
    newer = ProxySetSuperseded(superseded_by="proxy-set-px02", reason="Newer prices")

    assert refused(given=[*THERE, (PROXY_SET, newer)], when=STATE, by=BIDDER) == (
        "wrong-state",
        {"state": "superseded", "expected": "adopted"},
    )
    assert outcome(given=verified(SUPPLIER, "supplier"), when=STATE, by=BIDDER) == "not-found"


def test_an_offer_is_new() -> None:
    assert outcome(given=HELD, when=STATE, by=BIDDER) == "already-exists"


def test_the_supplier_withdraws_its_offer_once() -> None:
    gone = [*HELD, (OFFER, WITHDRAWN)]
    rival = replace(BIDDER, organisation="organisation-supp2")

    assert outcome(given=HELD, when=WITHDRAW, by=BIDDER) == [WITHDRAWN]
    assert outcome(given=HELD, when=WITHDRAW, by=rival) == "not-yours"
    assert refused(given=gone, when=WITHDRAW, by=BIDDER) == (
        "wrong-state",
        {"state": "withdrawn", "expected": "offered"},
    )
    assert outcome(when=WITHDRAW, by=BIDDER) == "not-found"
