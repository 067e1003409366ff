"""The rules of inputs, each on either side of its boundary."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import (
    AuctionUnsuccessful,
    AuctionVoided,
    SupplierExcluded,
)
from svx_ledger.domain.auction.events import AuctionClosed, BidsRanked, RankedBid
from svx_ledger.domain.kind import Event
from svx_ledger.domain.observation.events import ProcurementObserved
from svx_ledger.domain.observation.stated import Source
from svx_ledger.domain.organisation import OrganisationSuspended
from svx_ledger.domain.participations import ParticipationBegan
from svx_ledger.domain.spend import InputRecorded, RecordInput, Spend, What

from .auction.scene import AUCTION, CLOSES_AT, DRAFTED, RIVAL, RIVAL_BIDDER
from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BOUGHT,
    BUYER,
    COMMUNITY,
    EVALUATING,
    EVALUATOR,
    LEAD,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    PARTICIPATIONS,
    PROCUREMENT,
    SUPPLIER,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome
from .parties.refused import refused

SPEND = "spend-s001"
SECOND = "auction-b002"
OTHER_PROCUREMENT = "procurement-pr02"
BEGAN = ParticipationBegan(auction_id=AUCTION, authority_id=AUTHORITY)
FIRST = RankedBid(supplier_id=SUPPLIER, value_pence=1_000_000, rank=1, bid_no=1)
CLOSED = AuctionClosed(closed_at=CLOSES_AT)
RANKED: Past = [(AUCTION, CLOSED), (AUCTION, BidsRanked(ranking=(FIRST,)))]
COMPETING: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(OTHER_AUTHORITY, "authority"),
    *verified(SUPPLIER, "supplier"),
    *verified(RIVAL, "supplier"),
    *verified(COMMUNITY, "community"),
    *verified(EVALUATING, "evaluator"),
    (PROCUREMENT, BOUGHT),
    (OTHER_PROCUREMENT, replace(BOUGHT, ocid="ocds-abc123-0002")),
    (AUCTION, DRAFTED),
    (PARTICIPATIONS, BEGAN),
]
HISTORY: Past = [*COMPETING, *RANKED]

DELIVERY = RecordInput(
    spend_id=SPEND,
    payer_id=SUPPLIER,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    what="staff-time",
    basis="Time sheets of those who delivered",
    amount_pence=420_000,
)
OWN = replace(DELIVERY, payer_id=COMMUNITY, what="volunteer-time", basis="The club's rota")
BESIDE = replace(
    DELIVERY, payer_id=AUTHORITY, what="goods-and-services", basis="Hire of a hall"
)
RECORDED = InputRecorded(
    payer_id=SUPPLIER,
    procurement_id=PROCUREMENT,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    what="staff-time",
    basis="Time sheets of those who delivered",
    amount_pence=420_000,
)
SIGNATORY = Actor(id="person-sign", role="supplier.signatory", organisation=SUPPLIER)
CONFIRMER = Actor(id="person-conf", role="community.confirmer", organisation=COMMUNITY)

any_side = pytest.mark.parametrize(
    ("record", "actor"),
    [(BESIDE, BUYER), (DELIVERY, BIDDER), (OWN, LEAD)],
    ids=["authority", "supplier", "community"],
)


def test_an_input_is_recorded_as_its_payer_states_it() -> None:
    assert outcome(given=HISTORY, when=DELIVERY, by=BIDDER) == [RECORDED]
    assert outcome(given=HISTORY, when=OWN, by=LEAD) == [
        replace(RECORDED, payer_id=COMMUNITY, what="volunteer-time", basis="The club's rota")
    ]
    assert outcome(given=HISTORY, when=BESIDE, by=APPROVER) == [
        replace(RECORDED, payer_id=AUTHORITY, what="goods-and-services", basis="Hire of a hall")
    ]


@pytest.mark.parametrize("what", get_args(What))
def test_money_time_goods_and_services_are_put_in(what: What) -> None:
    assert outcome(given=HISTORY, when=replace(DELIVERY, what=what), by=SIGNATORY) == [
        replace(RECORDED, what=what)
    ]


@any_side
def test_whoever_put_it_in_records_it_itself(record: RecordInput, actor: Actor) -> None:
    stranger = replace(actor, organisation="organisation-else1")
    for_another = replace(actor, on_behalf_of="organisation-else1")
    not_yours = ("not-yours", {"organisation": record.payer_id})

    assert isinstance(outcome(given=HISTORY, when=record, by=actor), list)
    assert refused(given=HISTORY, when=record, by=stranger) == not_yours
    assert refused(given=HISTORY, when=record, by=for_another) == not_yours


@any_side
def test_the_operator_never_records_it(record: RecordInput, actor: Actor) -> None:
    del actor
    allowed = {"allowed": "authority, supplier, community", "role": "operator"}

    for by in (OPERATOR, replace(OPERATOR, on_behalf_of=record.payer_id)):
        assert refused(given=HISTORY, when=record, by=by) == ("role-not-allowed", allowed)


def test_everybody_of_the_payer_may_but_its_observers() -> None:
    observer = replace(BUYER, role="authority.observer")

    assert isinstance(outcome(given=HISTORY, when=DELIVERY, by=SIGNATORY), list)
    assert isinstance(outcome(given=HISTORY, when=OWN, by=CONFIRMER), list)
    assert isinstance(outcome(given=HISTORY, when=BESIDE, by=APPROVER), list)
    assert outcome(given=HISTORY, when=BESIDE, by=observer) == "role-not-allowed"


def test_only_authorities_suppliers_and_community_organisations_put_anything_in() -> None:
    own = replace(OWN, payer_id=EVALUATING, procurement_id=None)

    assert outcome(given=HISTORY, when=own, by=EVALUATOR) == "role-not-allowed"


@any_side
def test_the_payer_is_of_that_side_and_verified(record: RecordInput, actor: Actor) -> None:
    unallocated = replace(record, procurement_id=None)
    sides = {"authority", "supplier", "community"} - {actor.side}
    suspended = (record.payer_id, OrganisationSuspended(reason="x", suspended_by="person-x"))

    def by_payer(payer: Past) -> list[Event] | str:
        return outcome(given=payer, when=unallocated, by=actor)

    assert isinstance(by_payer(verified(record.payer_id, actor.side)), list)  # type: ignore[arg-type]
    assert by_payer(registered(record.payer_id, actor.side)) == "not-verified"  # type: ignore[arg-type]
    assert by_payer([*HISTORY, suspended]) == "not-verified"
    for side in sides:
        assert by_payer(verified(record.payer_id, side)) == "wrong-side"  # type: ignore[arg-type]


def test_an_authority_names_its_own_procurements() -> None:
    of_others = replace(BESIDE, payer_id=OTHER_AUTHORITY)
    unallocated = replace(of_others, procurement_id=None)

    assert refused(given=HISTORY, when=of_others, by=OTHER_BUYER) == (
        "not-yours",
        {"organisation": AUTHORITY},
    )
    assert isinstance(outcome(given=HISTORY, when=unallocated, by=OTHER_BUYER), list)
    assert isinstance(outcome(given=COMPETING, when=BESIDE, by=BUYER), list)


def test_a_community_organisation_names_any_procurement() -> None:
    assert isinstance(outcome(given=COMPETING, when=OWN, by=LEAD), list)


HIDDEN = ("participation-hidden", {"procurement": PROCUREMENT})


def test_a_supplier_names_a_procurement_once_it_is_known_to_have_taken_part() -> None:
    closed = [*COMPETING, (AUCTION, CLOSED)]
    nobody_bid = [*closed, (AUCTION, BidsRanked(ranking=()))]

    assert refused(given=COMPETING, when=DELIVERY, by=BIDDER) == HIDDEN
    assert refused(given=closed, when=DELIVERY, by=BIDDER) == HIDDEN
    assert isinstance(outcome(given=nobody_bid, when=DELIVERY, by=BIDDER), list)
    assert isinstance(outcome(given=HISTORY, when=DELIVERY, by=BIDDER), list)
    unallocated = replace(DELIVERY, procurement_id=None)
    assert isinstance(outcome(given=COMPETING, when=unallocated, by=BIDDER), list)


def test_a_supplier_that_took_no_part_learns_and_tells_nothing() -> None:
    rival = replace(DELIVERY, payer_id=RIVAL)

    for given in (COMPETING, HISTORY):
        assert refused(given=given, when=rival, by=RIVAL_BIDDER) == HIDDEN


@pytest.mark.parametrize(
    "end",
    [
        AuctionVoided(
            request_no=1,
            ground="court",
            reason="x",
            approved_by="person-x",
            approving_organisation=EVALUATING,
        ),
        AuctionUnsuccessful(reason="x", procurement_id=PROCUREMENT, lot="1"),
    ],
    ids=lambda end: type(end).__name__,
)
def test_what_a_ranking_showed_stays_shown(end: Event) -> None:
    over = (AUCTION, end)

    assert isinstance(outcome(given=[*HISTORY, over], when=DELIVERY, by=BIDDER), list)
    assert refused(given=[*COMPETING, over], when=DELIVERY, by=BIDDER) == HIDDEN


def test_the_ranked_auction_is_one_of_the_procurement_that_is_named() -> None:
    elsewhere = replace(DELIVERY, procurement_id=OTHER_PROCUREMENT)
    second: Past = [
        (SECOND, replace(DRAFTED, procurement_id=OTHER_PROCUREMENT)),
        (PARTICIPATIONS, replace(BEGAN, auction_id=SECOND)),
    ]
    ranked_too: Past = [(SECOND, CLOSED), (SECOND, BidsRanked(ranking=()))]
    hidden = ("participation-hidden", {"procurement": OTHER_PROCUREMENT})

    assert refused(given=HISTORY, when=elsewhere, by=BIDDER) == hidden
    assert refused(given=[*HISTORY, *second], when=elsewhere, by=BIDDER) == hidden
    assert isinstance(outcome(given=[*HISTORY, *second], when=DELIVERY, by=BIDDER), list)
    given = [*HISTORY, *second, *ranked_too]
    assert isinstance(outcome(given=given, when=elsewhere, by=BIDDER), list)


def test_a_supplier_that_competes_again_may_still_name_the_procurement() -> None:
    rerun: Past = [
        (SECOND, replace(DRAFTED, lot="2")),
        (PARTICIPATIONS, replace(BEGAN, auction_id=SECOND)),
    ]

    assert isinstance(outcome(given=[*HISTORY, *rerun], when=DELIVERY, by=BIDDER), list)


def test_an_excluded_supplier_that_everybody_knows_of_may_too() -> None:
    excluded = SupplierExcluded(
        supplier_id=SUPPLIER,
        ground="discretionary",
        reason="x",
        requested_by="person-x",
        approved_by="person-y",
    )
    given = [*HISTORY, (AUCTION, excluded), (AUCTION, BidsRanked(ranking=()))]

    assert isinstance(outcome(given=given, when=DELIVERY, by=BIDDER), list)


@any_side
def test_the_amount_is_more_than_nothing(record: RecordInput, actor: Actor) -> None:
    nothing, a_penny = replace(record, amount_pence=0), replace(record, amount_pence=1)

    assert refused(given=HISTORY, when=nothing, by=actor) == (
        "nothing-spent",
        {"amount_pence": 0},
    )
    assert isinstance(outcome(given=HISTORY, when=a_penny, by=actor), list)


@any_side
def test_the_period_does_not_run_backwards(record: RecordInput, actor: Actor) -> None:
    one_day = replace(record, period_to=date(2026, 1, 1))
    backwards = replace(record, period_to=date(2025, 12, 31))

    assert isinstance(outcome(given=HISTORY, when=one_day, by=actor), list)
    assert refused(given=HISTORY, when=backwards, by=actor) == (
        "period-backwards",
        {"period_from": "2026-01-01", "period_to": "2025-12-31"},
    )


@any_side
def test_what_an_input_names_exists_and_the_record_does_not(
    record: RecordInput, actor: Actor
) -> None:
    no_payer = [(s, event) for s, event in HISTORY if s != record.payer_id]
    nothing_bought = [(s, event) for s, event in HISTORY if s != PROCUREMENT]
    there_already = [*HISTORY, (SPEND, RECORDED)]

    assert outcome(given=no_payer, when=record, by=actor) == "not-found"
    assert outcome(given=nothing_bought, when=record, by=actor) == "not-found"
    assert outcome(given=there_already, when=record, by=actor) == "already-exists"


@any_side
def test_nothing_is_put_into_what_was_only_observed(record: RecordInput, actor: Actor) -> None:
    source = Source(file="tender.json", pointer="/releases/0", release_sha256="0" * 64)
    seen = ProcurementObserved(ocid="ocds-abc123-0009", source=source)
    observed = replace(record, procurement_id="procurement-seen")

    given = [*HISTORY, ("procurement-seen", seen)]
    assert outcome(given=given, when=observed, by=actor) == "observed-elsewhere"


def test_inputs_of_one_payer_and_period_are_as_many_as_it_records() -> None:
    again = replace(DELIVERY, spend_id="spend-s002")

    assert outcome(given=[*HISTORY, (SPEND, RECORDED)], when=again, by=BIDDER) == [RECORDED]


def test_a_record_keeps_who_put_in_what() -> None:
    world = World(HISTORY)
    world.execute(DELIVERY, BIDDER, NOON)

    assert world.streams[SPEND] == Spend(
        payer_id=SUPPLIER,
        procurement_id=PROCUREMENT,
        amount_pence=420_000,
        kind="input",
        period_from=DELIVERY.period_from,
        period_to=DELIVERY.period_to,
    )
