"""Needs by area and theme, and one organisation's page."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.access import GrantAccess
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import RecommendAward
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import (
    NeedCommitted,
    NeedListed,
    NeedOfferAccepted,
    NeedReleased,
    NeedWithdrawn,
)
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.need_states import NeedCell, need_now, needs_by_area
from svx_ledger.projections.needs import NEED, NEEDS
from svx_ledger.projections.organisation_page import (
    Attended,
    OrganisationPage,
    organisation_page,
)
from svx_ledger.projections.table import existing
from tests.domain.cast import APPROVED, PLACE, PROPOSED, THEME

from .deal import Deal, worked_example
from .play import Play
from .test_visibility_played import EXCHANGE, viewers
from .told import tables_after

LISTED = NeedListed(auction_id="auction-a001", relevance="Related")
ALL, PART = PROPOSED.quantity, PROPOSED.quantity - 1
WITHDRAWN = NeedWithdrawn(reason="Found", quantity=Decimal(1), withdrawn_by="person-x")


def pledged(quantity: Decimal) -> NeedCommitted:
    return NeedCommitted(pledge_id="pledge-p001", quantity=quantity)


@pytest.mark.parametrize(
    ("told", "state", "committed", "left"),
    [
        ((), "proposed", Decimal(0), ALL),
        ((APPROVED,), "open", Decimal(0), ALL),
        ((APPROVED, LISTED), "listed", Decimal(0), ALL),
        (
            (APPROVED, LISTED, NeedReleased(auction_id="auction-a001")),
            *("open", Decimal(0), ALL),
        ),
        ((APPROVED, LISTED, pledged(PART)), "listed", PART, Decimal(1)),
        ((APPROVED, LISTED, pledged(ALL)), "committed", ALL, Decimal(0)),
        ((APPROVED, pledged(ALL + 5)), "committed", ALL + 5, Decimal(0)),
        (
            (
                *(APPROVED, pledged(PART)),
                NeedOfferAccepted(direct_offer_id="direct-offer-d001", quantity=Decimal(1)),
            ),
            *("committed", ALL, Decimal(0)),
        ),
        ((APPROVED, pledged(PART), WITHDRAWN), "withdrawn", PART, Decimal(0)),
    ],
)
def test_a_need_is_as_far_as_its_commitments(
    told: tuple[Event, ...], state: str, committed: Decimal, left: Decimal
) -> None:
    tables = tables_after(NEEDS, *(("need-n001", event) for event in (PROPOSED, *told)))
    row = existing(tables, NEED, "need-n001")

    assert need_now(tables, row)[1:] == (state, committed, left)


def many() -> Tables:
    """Needs in every state, one of them elsewhere and of another theme."""
    other = replace(
        PROPOSED,
        place=replace(PLACE, local_authority="E09000002"),
        organisation_id="organisation-x001",
    )
    theme = replace(other, theme=replace(THEME, code="NT99"))
    return tables_after(
        NEEDS,
        ("need-proposed1", PROPOSED),
        ("need-opened1", PROPOSED),
        ("need-opened1", APPROVED),
        ("need-opened1", pledged(Decimal(2))),
        ("need-listed1", PROPOSED),
        ("need-listed1", APPROVED),
        ("need-listed1", LISTED),
        ("need-committed1", PROPOSED),
        ("need-committed1", APPROVED),
        ("need-committed1", pledged(ALL)),
        ("need-withdrawn1", PROPOSED),
        ("need-withdrawn1", APPROVED),
        ("need-withdrawn1", pledged(Decimal(3))),
        ("need-withdrawn1", WITHDRAWN),
        ("need-elsewhere1", other),
        ("need-theme1", theme),
    )


def test_needs_add_up_by_area_theme_and_measure() -> None:
    first, *others = needs_by_area(many())

    assert first == NeedCell(
        police_force=PLACE.police_force,
        local_authority=PLACE.local_authority,
        theme_scheme=THEME.scheme,
        theme=THEME.code,
        measure=PROPOSED.measure,
        unit=PROPOSED.unit,
        needs=5,
        proposed=1,
        open=1,
        listed=1,
        committed=1,
        withdrawn=1,
        unmet=2,
        asked=3 * ALL + 3,
        quantity_committed=ALL + 5,
        outstanding=2 * ALL - 2,
    )
    assert first.asked == first.quantity_committed + first.outstanding
    assert [(c.local_authority, c.theme, c.needs) for c in others] == [
        ("E09000002", "NT11", 1),
        ("E09000002", "NT99", 1),
    ]


@pytest.mark.parametrize(
    ("chosen", "needs"),
    [
        ({"area": PLACE.police_force}, [5, 1, 1]),
        ({"area": "E09000002"}, [1, 1]),
        ({"area": "E09000003"}, []),
        ({"theme": "NT99"}, [1]),
        ({"measure": PROPOSED.measure}, [5, 1, 1]),
        ({"measure": "van"}, []),
        ({"community": "organisation-x001"}, [1, 1]),
        ({"community": "organisation-x001", "theme": "NT11"}, [1]),
    ],
)
def test_needs_are_chosen_by_area_theme_measure_and_community(
    chosen: dict[str, str], needs: list[int]
) -> None:
    assert [cell.needs for cell in needs_by_area(many(), **chosen)] == needs


def page_of(tables: Tables, organisation: str, viewer: Actor | None = None) -> OrganisationPage:
    page = organisation_page(tables, organisation, viewer)
    assert page is not None
    return page


def test_an_organisation_s_page_has_what_it_has_to_do_with() -> None:
    deal = worked_example()
    tables = deal.play.views().tables
    winner, rival = page_of(tables, deal.winner), page_of(tables, deal.rival)
    authority, community = page_of(tables, deal.authority), page_of(tables, deal.community)

    assert organisation_page(tables, "organisation-nowhere") is None
    assert [page.awards for page in (winner, authority, community, rival)] == [
        *([(deal.award,)] * 3),
        (),
    ]
    assert [page.contracts for page in (winner, authority, community, rival)] == [
        *([(deal.contract,)] * 3),
        (),
    ]
    assert {pledge.pledge_id for pledge in winner.pledges} == {
        deal.pledge(measure) for measure in ("cash", "laptop", "expert", "volunteer")
    }
    assert winner.pledges == authority.pledges == community.pledges
    assert (winner.auctions, authority.auctions) == ((), (deal.auction,))
    assert winner.attended == rival.attended == (Attended(deal.auction, "qualified"),)
    assert (community.needs, [p.title for p in community.projects]) == (4, ["Homework club"])
    assert (winner.needs, winner.projects) == (0, ())
    assert [i.scheme for i in winner.identifiers] == ["GB-COH"]


def test_an_award_that_nobody_approved_is_on_no_page() -> None:
    deal = auction()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.close()
    deal.disclose()
    ranked = RankAssessment(
        award_id=deal.award, auction_id=deal.auction, cause="auction-closed"
    )
    deal.play.do(ranked, deal.buyer)
    proposed = RecommendAward(award_id=deal.award, supplier_id=deal.winner, grounds=())
    deal.play.do(proposed, deal.person("authority.assessor"))
    tables = deal.play.views().tables

    for organisation in (deal.winner, deal.authority):
        assert page_of(tables, organisation, deal.buyer).awards == ()


def auction() -> Deal:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    return deal


def test_who_takes_part_and_who_has_access_is_shown_to_those_who_may_know() -> None:
    deal = auction()
    grant = GrantAccess(
        access_id="access-a001",
        person_id="person-new",
        organisation_id=deal.winner,
        role="supplier.signatory",
        until=date(2027, 1, 1),
    )
    deal.play.do(grant, EXCHANGE)
    tables = deal.play.views().tables
    pages = {
        name: page_of(tables, deal.winner, viewer) for name, viewer in viewers(deal).items()
    }

    assert {name for name, page in pages.items() if page.attended} == {*("winner", "authority")}
    assert {name for name, page in pages.items() if page.access} == {
        *("winner", "operator", "auditor", "other auditor")
    }


def test_a_corrected_name_is_shown_with_the_old_one() -> None:
    deal = worked_example()
    old = "The COMM0001 organisation"
    ask = RequestCorrection(
        correction_id="correction-c001",
        target_id=deal.community,
        field="name",
        old=old,
        new="A club (fictional)",
        reason="Renamed",
    )
    deal.play.do(ask, deal.lead)
    before = page_of(deal.play.views().tables, deal.community, deal.lead)
    agree = ApproveCorrection(correction_id="correction-c001")
    deal.play.do(agree, deal.person("community.confirmer", deal.community))
    page = page_of(deal.play.views().tables, deal.community)

    assert before.corrections == ()
    assert page.organisation.name == "A club (fictional)"
    assert [(c.old, c.new) for c in page.corrections] == [(old, "A club (fictional)")]
