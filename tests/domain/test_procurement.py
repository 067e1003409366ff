"""The rules of procurements, each on either side of its boundary."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.procurement import (
    NoticePublished,
    Procurement,
    PublishNotice,
    PublishTenderNotice,
    RegisterProcurement,
    TenderNoticePublished,
)

from .cast import (
    APPROVER,
    AUTHORITY,
    BOUGHT,
    BUYER,
    LOT,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    PROCUREMENT,
    REVIEWED,
    REVIEWED_BEFORE_AWARD,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome
from .worked_example import facts

REGISTER = RegisterProcurement(
    procurement_id=PROCUREMENT,
    **{
        f.name: getattr(BOUGHT, f.name)
        for f in fields(RegisterProcurement)
        if f.name != "procurement_id"
    },
)
KNOWN: Past = verified(AUTHORITY, "authority")
UNREVIEWED: Past = [*KNOWN, (PROCUREMENT, BOUGHT)]
HISTORY: Past = [*UNREVIEWED, (PROCUREMENT, REVIEWED)]
PUBLISH = PublishTenderNotice(
    procurement_id=PROCUREMENT,
    notice="UK4",
    reference="2026/S-000-000001",
    published_on=NOON.date(),
)
PUBLISHED = TenderNoticePublished(
    notice="UK4", reference="2026/S-000-000001", published_on=NOON.date()
)


def test_a_procurement_is_registered_with_its_lots() -> None:
    assert outcome(given=KNOWN, when=REGISTER, by=BUYER) == [BOUGHT]


def test_a_buyer_of_the_authority_registers_it() -> None:
    assert outcome(given=KNOWN, when=REGISTER, by=APPROVER) == "role-not-allowed"
    assert outcome(given=KNOWN, when=REGISTER, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=KNOWN, when=REGISTER, by=OTHER_BUYER) == "not-yours"


def test_the_organisation_is_an_authority() -> None:
    supplier = verified(AUTHORITY, "supplier")

    assert outcome(given=supplier, when=REGISTER, by=BUYER) == "wrong-side"


def test_the_organisation_is_verified() -> None:
    unverified = registered(AUTHORITY, "authority")

    assert outcome(given=unverified, when=REGISTER, by=BUYER) == "not-verified"


def test_one_procurement_per_ocid_for_life() -> None:
    second = replace(REGISTER, procurement_id="procurement-pr02")
    published = [*HISTORY, (PROCUREMENT, PUBLISHED)]
    free = replace(second, ocid="ocds-abc123-0002")

    assert outcome(given=HISTORY, when=second, by=BUYER) == "ocid-taken"
    assert outcome(given=published, when=second, by=BUYER) == "ocid-taken"
    assert isinstance(outcome(given=HISTORY, when=free, by=BUYER), list)


def test_the_lots_have_different_codes() -> None:
    other = replace(LOT, title="Catering")
    same = replace(REGISTER, lots=(LOT, other))
    apart = replace(REGISTER, lots=(LOT, replace(other, lot="2")))

    assert outcome(given=KNOWN, when=same, by=BUYER) == "lot-twice"
    assert isinstance(outcome(given=KNOWN, when=apart, by=BUYER), list)


def test_what_a_procurement_names_exists_and_the_procurement_does_not() -> None:
    assert outcome(when=REGISTER, by=BUYER) == "not-found"
    assert outcome(given=HISTORY, when=REGISTER, by=BUYER) == "already-exists"


def test_the_procurements_authority_publishes_the_notice() -> None:
    others = verified(OTHER_AUTHORITY, "authority")

    assert outcome(given=HISTORY, when=PUBLISH, by=APPROVER) == [PUBLISHED]
    assert outcome(given=HISTORY, when=PUBLISH, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=[*HISTORY, *others], when=PUBLISH, by=OTHER_BUYER) == "not-yours"


def test_a_notice_is_dated_today_or_earlier() -> None:
    tomorrow = replace(PUBLISH, published_on=NOON.date() + timedelta(days=1))

    assert isinstance(outcome(given=HISTORY, when=PUBLISH, by=BUYER), list)
    assert outcome(given=HISTORY, when=tomorrow, by=BUYER) == "notice-in-the-future"


def test_today_is_the_day_in_the_united_kingdom() -> None:
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    july = replace(PUBLISH, published_on=date(2026, 7, 1))

    assert isinstance(outcome(given=HISTORY, when=july, by=BUYER, at=first_of_july), list)


def test_a_notice_is_published_once() -> None:
    published = [*HISTORY, (PROCUREMENT, PUBLISHED)]

    assert outcome(given=published, when=PUBLISH, by=BUYER) == "wrong-state"


def test_conflicts_are_reviewed_before_the_notice() -> None:
    later = [*UNREVIEWED, (PROCUREMENT, REVIEWED_BEFORE_AWARD)]

    assert outcome(given=UNREVIEWED, when=PUBLISH, by=BUYER) == "conflicts-unreviewed"
    assert outcome(given=HISTORY, when=PUBLISH, by=BUYER) == [PUBLISHED]
    assert outcome(given=later, when=PUBLISH, by=BUYER) == [PUBLISHED]


OTHER_NOTICE = PublishNotice(
    procurement_id=PROCUREMENT,
    notice="UK2",
    reference="2026/S-000-000003",
    published_on=NOON.date(),
)
OTHER_PUBLISHED = NoticePublished(
    notice="UK2", reference="2026/S-000-000003", published_on=NOON.date()
)


@pytest.mark.parametrize("given", [UNREVIEWED, [*HISTORY, (PROCUREMENT, PUBLISHED)]])
def test_other_notices_are_published_at_any_time(given: Past) -> None:
    world = World(given)
    world.execute(OTHER_NOTICE, BUYER, NOON)

    assert outcome(given=given, when=OTHER_NOTICE, by=APPROVER) == [OTHER_PUBLISHED]
    assert world.streams == World(given).streams


def test_other_notices_are_the_authoritys_and_not_of_the_future() -> None:
    tomorrow = replace(OTHER_NOTICE, published_on=NOON.date() + timedelta(days=1))

    assert outcome(given=HISTORY, when=OTHER_NOTICE, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=HISTORY, when=OTHER_NOTICE, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=HISTORY, when=tomorrow, by=BUYER) == "notice-in-the-future"
    assert outcome(given=KNOWN, when=OTHER_NOTICE, by=BUYER) == "not-found"


def test_a_notice_is_of_a_lot_that_there_is() -> None:
    of_the_lot = replace(OTHER_NOTICE, lot="1")
    of_another = replace(OTHER_NOTICE, lot="2")

    assert outcome(given=HISTORY, when=of_the_lot, by=BUYER) == [
        replace(OTHER_PUBLISHED, lot="1")
    ]
    assert outcome(given=HISTORY, when=of_another, by=BUYER) == "not-a-lot"
    assert facts(HISTORY, of_another, BUYER, NOON) == {"lot": "2"}


def test_a_procurement_that_is_published_exists() -> None:
    assert outcome(given=KNOWN, when=PUBLISH, by=BUYER) == "not-found"


def test_a_procurement_keeps_what_later_rules_ask() -> None:
    before = Procurement(
        ocid="ocds-abc123-0001",
        title="Facilities management",
        authority_id=AUTHORITY,
        acts_for=("E23000001",),
        lots={"1": LOT},
        regime="pa2023",
        nation="england",
        policy="own",
        weight=Decimal(10),
        phase="registered",
        reviewed_for=frozenset({"before-notice"}),
    )
    after = World([*HISTORY, (PROCUREMENT, PUBLISHED)]).streams[PROCUREMENT]

    assert World(HISTORY).streams[PROCUREMENT] == before
    assert after == replace(before, phase="published")
