"""Organisations, direct offers, indicators and corrected records, as rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.direct_offer import AcceptOffer, DeclineOffer, OfferDirectly
from svx_ledger.domain.indicator import ObserveIndicator
from svx_ledger.domain.organisation import (
    DescribeOrganisation,
    Identifier,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from svx_ledger.domain.resource_offer import OfferResource, WithdrawResource
from svx_ledger.domain.spend import RecordExchangeSpend
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.direct_offers import DIRECT_OFFER, DirectOfferRow
from svx_ledger.projections.indicators import INDICATOR, IndicatorRow
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.needs import COMMITMENT, CommitmentRow
from svx_ledger.projections.organisations import (
    CONNECTION,
    ORGANISATION,
    ConnectionRow,
    OrganisationRow,
    name_of,
)
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.spending import SPEND
from svx_ledger.projections.visibility import HIDDEN, seen
from tests.domain.cast import PLACE
from tests.domain.outcome import OPERATOR

from .deal import Deal
from .play import Play

GROUP = "organisation-t0wp"
FIGURE = "indicator-i001"


def prepared() -> Deal:
    """A deal of which nothing is auctioned yet."""
    deal = Deal(Play())
    deal.prepare()
    return deal


def tables(deal: Deal) -> Tables:
    return deal.play.views().tables


def corrected(deal: Deal, target: str, *, field: str, old: str, new: str, n: int = 1) -> None:
    """Have two people of the authority correct a field."""
    correction = f"correction-c00{n}"
    request = RequestCorrection(
        correction_id=correction,
        target_id=target,
        field=field,
        old=old,
        new=new,
        reason="Wrong",
    )
    deal.play.do(request, deal.buyer)
    deal.play.do(ApproveCorrection(correction_id=correction), deal.person("authority.approver"))


def test_a_group_is_shown_with_its_host_and_the_name_it_looks_like() -> None:
    deal = prepared()
    register = RegisterOrganisation(
        organisation_id=GROUP,
        name=f"The {name_of(tables(deal), deal.community)} Ltd",
        side="community",
        identifiers=(Identifier(scheme="SVX", id="T0WP"),),
        unincorporated=True,
        host_id=deal.community,
    )
    deal.play.do(register, OPERATOR)
    row = OrganisationRow(
        organisation_id=GROUP,
        name=register.name,
        side="community",
        verified=False,
        unincorporated=True,
        host_id=deal.community,
        looks_like=deal.community,
    )

    assert tables(deal).get(ORGANISATION, GROUP) == row
    known = tables(deal).get(ORGANISATION, deal.community)
    assert known is not None
    assert known[3:] == (True, False, False, None, None, None)

    deal.play.do(VerifyOrganisation(organisation_id=GROUP, basis="known"), OPERATOR)

    assert tables(deal).get(ORGANISATION, GROUP) == row._replace(verified=True)
    assert list(tables(deal).select(CONNECTION, GROUP)) == [
        ConnectionRow(GROUP, deal.community, "host", mirrored=False)
    ]
    assert list(tables(deal).select(CONNECTION, deal.community)) == [
        ConnectionRow(deal.community, GROUP, "host", mirrored=True)
    ]


def test_suspension_description_and_name_are_shown_as_they_stand() -> None:
    deal = prepared()
    second = replace(OPERATOR, id="person-second")

    def now() -> OrganisationRow:
        row = tables(deal).get(ORGANISATION, deal.community)
        assert row is not None
        return row

    deal.play.do(SuspendOrganisation(organisation_id=deal.community, reason="Closed"), OPERATOR)
    assert now().suspended
    deal.play.do(ReinstateOrganisation(organisation_id=deal.community, reason="Open"), second)
    assert not now().suspended
    described = DescribeOrganisation(
        organisation_id=deal.community,
        income_band="under-10k",
        led_by=(),
        beneficiary_groups=("carers",),
    )
    deal.play.do(described, deal.lead)
    assert now().income_band == "under-10k"
    corrected(deal, deal.authority, field="name", old=_name(deal), new="Quayside Authority")
    assert name_of(tables(deal), deal.authority) == "Quayside Authority"
    renamed = tables(deal).get(ORGANISATION, deal.authority)
    assert renamed is not None
    assert not renamed.verified
    assert now().verified
    assert name_of(tables(deal), deal.community) == now().name != "Quayside Authority"


def _name(deal: Deal) -> str:
    return name_of(tables(deal), deal.authority)


def test_corrected_spend_is_the_spend_that_counts() -> None:
    deal = prepared()
    record = RecordExchangeSpend(
        spend_id="spend-s001",
        payer_id=deal.authority,
        procurement_id=deal.procurement,
        period_from=date(2026, 1, 1),
        period_to=date(2026, 1, 31),
        invoice="INV-1",
        amount_pence=120_000,
    )
    deal.play.do(record, deal.buyer)
    before = tables(deal).get(SPEND, "spend-s001")
    assert before is not None

    target = "spend-s001"
    corrected(deal, target, field="amount_pence", old="120000", new="102000", n=1)
    corrected(deal, target, field="period_from", old="2026-01-01", new="2026-01-02", n=2)
    corrected(deal, target, field="period_to", old="2026-01-31", new="2026-01-30", n=3)

    assert tables(deal).get(SPEND, target) == before._replace(
        amount_pence=102_000, period_from=date(2026, 1, 2), period_to=date(2026, 1, 30)
    )


def test_a_corrected_title_is_the_title_of_the_procurement() -> None:
    deal = prepared()
    row = tables(deal).get(PROCUREMENT, deal.procurement)
    assert row is not None

    corrected(
        deal, deal.procurement, field="title", old=row.title, new="Facilities (fictional)"
    )

    assert tables(deal).get(PROCUREMENT, deal.procurement) == row._replace(
        title="Facilities (fictional)"
    )


def test_an_indicator_is_shown_with_its_source_and_as_corrected() -> None:
    deal = prepared()
    observe = ObserveIndicator(
        indicator_id=FIGURE,
        recorder_id=deal.authority,
        area="E23000001",
        indicator="repeat-callers",
        period_from=date(2026, 1, 1),
        period_to=date(2026, 1, 31),
        value=Decimal("412.5"),
        unit="calls",
        source="Monthly return (fictional)",
    )
    deal.play.do(observe, deal.buyer)
    row = IndicatorRow(
        indicator_id=FIGURE,
        recorder_id=deal.authority,
        area="E23000001",
        indicator="repeat-callers",
        period_from=date(2026, 1, 1),
        period_to=date(2026, 1, 31),
        value=Decimal("412.5"),
        unit="calls",
        source="Monthly return (fictional)",
        position=deal.play.log[-1].position,
    )

    assert tables(deal).get(INDICATOR, FIGURE) == row
    corrected(deal, FIGURE, field="value", old="412.5", new="410")
    assert tables(deal).get(INDICATOR, FIGURE) == row._replace(value=Decimal(410))


def offered(deal: Deal, offer: str) -> DirectOfferRow:
    """Make a direct offer, and return the row that shows it."""
    make = OfferDirectly(
        direct_offer_id=offer,
        supplier_id=deal.winner,
        need_id=deal.need("laptop"),
        authority_id=deal.authority,
        proxy_set_id=deal.proxy_set,
        quantity=Decimal(4),
        deliver_by=date(2026, 6, 30),
    )
    deal.play.do(make, deal.bidder(deal.winner))
    return DirectOfferRow(
        direct_offer_id=offer,
        supplier_id=deal.winner,
        need_id=deal.need("laptop"),
        community_id=deal.community,
        authority_id=deal.authority,
        proxy_set_id=deal.proxy_set,
        measure="laptop",
        unit="laptop",
        quantity=Decimal(4),
        value_pence=120_000,
        deliver_by=date(2026, 6, 30),
    )


def test_a_direct_offer_is_shown_with_its_answer_and_covers_the_need_once_accepted() -> None:
    deal = prepared()
    first, second = offered(deal, "direct-offer-d001"), offered(deal, "direct-offer-d002")
    needed = deal.need("laptop")

    assert list(tables(deal).all(DIRECT_OFFER)) == [first, second]
    assert list(tables(deal).select(COMMITMENT, needed)) == []
    deal.play.do(AcceptOffer(direct_offer_id=first.direct_offer_id), deal.lead)
    deal.play.do(DeclineOffer(direct_offer_id=second.direct_offer_id, reason="No"), deal.lead)

    assert list(tables(deal).all(DIRECT_OFFER)) == [
        first._replace(status="accepted"),
        second._replace(status="declined"),
    ]
    assert list(tables(deal).select(COMMITMENT, needed)) == [
        CommitmentRow(needed, first.direct_offer_id, Decimal(4))
    ]


def test_a_resource_offer_is_never_shown() -> None:
    deal = prepared()
    offer = OfferResource(
        resource_offer_id="resource-offer-r001",
        supplier_id=deal.winner,
        measure="laptop",
        unit="laptop",
        quantity=Decimal(12),
        places=(PLACE,),
        available_from=date(2026, 1, 1),
        available_to=date(2026, 9, 30),
    )
    withdraw = WithdrawResource(resource_offer_id="resource-offer-r001", reason="Given away")
    deal.play.do(offer, deal.bidder(deal.winner))
    deal.play.do(withdraw, deal.bidder(deal.winner))

    for row in deal.play.log[-2:]:
        told = seen(read_record(row), tables(deal))
        assert (told.type, told.event, told.actor) == (HIDDEN, None, None)
