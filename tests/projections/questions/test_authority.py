"""What an authority asks: closes, participants, standstills, notices, duties, needs, rates."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from svx_ledger.domain.procurement import PublishNotice
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.procurements import NOTICE, PROCUREMENT, NoticeRow
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.authority import (
    Closing,
    closing,
    participants,
    standstills,
)
from svx_ledger.projections.questions.contract_marks import STEP, StepRow
from svx_ledger.projections.questions.duties import due
from svx_ledger.projections.questions.notices import notices_owed
from svx_ledger.projections.questions.rate_pledges import rate_pledges
from svx_ledger.projections.questions.unmet_needs import unmet
from svx_ledger.projections.table import Change
from svx_ledger.projections.view import View
from tests.projections.deal import CLOSES_AT, ENTERED_AT, Deal
from tests.projections.play import Play

from .conftest import decimals, view_of

LATE = CLOSES_AT - timedelta(seconds=30)
MOVED_TO = LATE + timedelta(seconds=240)


@pytest.fixture
def opened() -> Deal:
    """An auction that is open, with a bid of each supplier, the later one close to the end."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.rival, {"cash": 1_000}, LATE)
    return deal


def drafted_at(deal: Deal) -> int:
    return next(row.position for row in deal.play.log if row.type == "auction-drafted.v1")


def test_what_closes_today_is_shown_as_extended_and_not_by_whom(opened: Deal) -> None:
    view = view_of(opened)

    assert closing(view) == (
        Closing(
            auction_id=opened.auction,
            procurement_id=opened.procurement,
            lot="1",
            authority_id=opened.authority,
            phase="open",
            closes_at=MOVED_TO,
            in_terms=CLOSES_AT,
            moved=True,
            positions=(drafted_at(opened),),
        ),
    )
    assert closing(view, opened.buyer) == closing(view)
    assert closing(view, day=date(2026, 3, 1)) == ()
    assert closing(view, day=date(2026, 3, 3)) == ()


def test_once_ranked_the_extension_is_among_the_events(opened: Deal) -> None:
    opened.close()
    (row,) = closing(view_of(opened))
    extended = [row.position for row in opened.play.log if row.type == "auction-extended.v1"]

    assert row.phase == "ranked"
    assert row.positions == (drafted_at(opened), *extended)
    assert len(extended) == 1


def test_today_is_the_uk_s(opened: Deal) -> None:
    view = view_of(opened)
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    view.rows.apply([AUCTION.patch(opened.auction, closes_at=late)])  # type: ignore[attr-defined]

    assert closing(view, day=date(2026, 6, 30)) == ()
    assert len(closing(view, day=date(2026, 7, 1))) == 1
    assert len(closing(view._replace(now=datetime(2026, 7, 1, 9, tzinfo=UTC)))) == 1


@pytest.mark.parametrize(
    ("phase", "shown"),
    [
        ("drafted", False),
        ("rules-frozen", False),
        ("scheduled", True),
        ("open", True),
        ("paused", True),
        ("closed", True),
        ("ranked", True),
        ("cancelled", False),
        ("unsuccessful", False),
        ("voided", False),
    ],
)
def test_an_auction_closes_once_it_is_announced_unless_it_ended(
    opened: Deal, phase: str, *, shown: bool
) -> None:
    view = view_of(opened)
    view.rows.apply([AUCTION.patch(opened.auction, phase=phase)])  # type: ignore[attr-defined]

    assert len(closing(view)) == shown


def test_who_takes_part_is_told_to_the_authority_then_to_everybody(opened: Deal) -> None:
    before = view_of(opened)
    rival = opened.bidder(opened.rival)
    opened.close()
    after = view_of(opened)

    assert participants(before) == ()
    assert participants(before, opened.person("authority.observer")) == ()
    assert [row.supplier_id for row in participants(before, rival)] == [opened.rival]
    both = participants(before, opened.buyer)
    assert [row.supplier_id for row in both] == [opened.rival, opened.winner]
    assert participants(after) == both
    for row in both:
        kinds = [opened.play.log[position - 1].type for position in row.positions]
        assert kinds == [
            "supplier-invited.v1",
            "invitation-accepted.v1",
            "supplier-qualified.v1",
        ]
        assert row.status == "qualified"
        assert row.invited_at is not None
        assert row.accepted_at == row.invited_at + timedelta(seconds=1)
        assert row.qualified_at == row.invited_at + timedelta(seconds=2)
        assert row.excluded_at is None
    assert participants(after, auction="auction-none") == ()
    assert participants(after, auction=opened.auction) == both


def test_the_demo_tells_who_was_excluded_and_when(demo: View) -> None:
    (row,) = [row for row in participants(demo) if row.excluded_at]

    assert (row.auction_id, row.supplier_id, row.status) == (
        "auction-catering",
        "organisation-gannet",
        "excluded",
    )
    assert row.excluded_at == datetime(2025, 6, 20, 10, tzinfo=UTC)


def announced() -> Deal:
    """An award in its standstill."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.rival, {"cash": 1_000})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    return deal


def test_a_standstill_has_its_last_day_and_the_first_day_of_a_contract() -> None:
    deal = announced()
    (row,) = standstills(view_of(deal))
    kinds = [deal.play.log[position - 1].type for position in row.positions]

    assert (row.last_day, row.contract_from) == (date(2026, 3, 20), date(2026, 3, 21))
    assert (row.runs, row.suspended, row.kind) == (True, False, "mandatory")
    assert (row.supplier_id, row.title) == (deal.winner, "Facilities management")
    assert kinds == ["award-approved.v1", "standstill-started.v1"]
    last = datetime(2026, 3, 20, 23, 59, 59, tzinfo=UTC)
    assert [standstills(view_of(deal, last))[0].runs] == [True]
    assert [standstills(view_of(deal, ENTERED_AT))[0].runs] == [False]
    deal.enter()
    assert standstills(view_of(deal)) == ()


def owed(deal: Deal, now: datetime | None = None) -> list[tuple[str, date | None, bool]]:
    found = notices_owed(view_of(deal, now))
    return [(row.notice, row.due_by, row.overdue) for row in found]


def test_notices_follow_from_the_steps_of_an_award() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.close()
    deal.disclose()
    assert owed(deal) == []
    deal.approve()
    assert owed(deal) == [("UK6", None, False), ("summaries", None, False)]
    deal.announce()
    assert owed(deal) == []
    deal.enter()
    uk7 = date(2026, 4, 20)  # 30 days from 21 March
    assert owed(deal) == [("UK7", uk7, False)]
    assert owed(deal, datetime(2026, 4, 20, 12, tzinfo=UTC)) == [("UK7", uk7, False)]
    assert owed(deal, datetime(2026, 4, 21, 12, tzinfo=UTC)) == [("UK7", uk7, True)]
    notice = PublishNotice(
        procurement_id=deal.procurement,
        notice="UK7",
        reference="UK7-0001",
        published_on=date(2026, 3, 21),
        lot="1",
    )
    deal.play.do(notice, deal.buyer)
    assert owed(deal) == []


@pytest.fixture
def entered() -> tuple[Deal, View]:
    """A contract from 1 April 2026 on, entered on 21 March, long after."""
    deal = announced()
    deal.enter()
    return deal, view_of(deal, datetime(2028, 2, 28, 12, tzinfo=UTC))


def happened(view: View, *changes: Change) -> list[tuple[str, date | None, str]]:
    """What is owed after these changes, but for the contract details notice."""
    assert isinstance(view.rows, Tables)
    view.rows.apply(changes)
    found = notices_owed(view)
    return [(row.notice, row.due_by, row.follows) for row in found if row.notice != "UK7"]


@pytest.mark.parametrize(
    ("regime", "due_by"),
    [
        ("pa2023", date(2026, 4, 20)),
        ("light_touch", date(2026, 7, 19)),  # 120 days from 21 March
        ("pcr2015", None),
        ("below_threshold", None),
    ],
)
def test_the_act_and_the_regime_say_by_when(
    entered: tuple[Deal, View], regime: str, due_by: date | None
) -> None:
    deal, view = entered
    happened(view, PROCUREMENT.patch(deal.procurement, regime=regime))

    assert [row.due_by for row in notices_owed(view)] == ([due_by] if due_by else [])


def test_a_notice_of_an_earlier_contract_or_another_lot_does_not_count(
    entered: tuple[Deal, View],
) -> None:
    deal, view = entered
    day = date(2026, 4, 1)
    earlier = NoticeRow(deal.procurement, 1, "UK7", "A", day, "1")
    other_lot = NoticeRow(deal.procurement, 9_000, "UK7", "B", day, "2")
    other = NoticeRow(deal.procurement, 9_001, "UK8", "C", day, "1")
    happened(view, *map(NOTICE.put, (earlier, other_lot, other)))
    assert [row.notice for row in notices_owed(view)] == ["UK7"]
    happened(view, NOTICE.put(earlier._replace(position=9_002, lot=None)))
    assert notices_owed(view) == ()


def test_an_indicator_is_to_be_rated_within_every_twelve_months(
    entered: tuple[Deal, View],
) -> None:
    deal, view = entered
    kpi = StepRow(deal.contract, 9_000, "kpi", about="hours")
    year = [("UK9", date(2027, 4, 1), "indicator hours")]
    assert happened(view, STEP.put(kpi)) == year
    rated = StepRow(deal.contract, 9_001, "rated", date(2027, 2, 28), None, "hours")
    assert happened(view, STEP.put(rated)) == [("UK9", date(2028, 2, 28), "indicator hours")]
    before = view._replace(now=datetime(2028, 2, 27, 12, tzinfo=UTC))
    assert happened(before) == []
    corrected = rated._replace(position=9_002, day=date(2026, 6, 30))
    assert happened(view, STEP.put(corrected)) == [  # the latest period was rated all the same
        ("UK9", date(2028, 2, 28), "indicator hours")
    ]
    other = view_of(deal, view.now)
    leap = STEP.put(rated._replace(day=date(2024, 2, 29)))
    assert happened(other, STEP.put(kpi), leap) == [
        ("UK9", date(2025, 3, 1), "indicator hours")
    ]


@pytest.mark.parametrize("step", ["completed", "terminated"])
def test_the_end_of_a_contract_is_to_be_published(
    entered: tuple[Deal, View], step: str
) -> None:
    deal, view = entered
    kpi = StepRow(deal.contract, 9_000, "kpi", about="hours")
    end = StepRow(deal.contract, 9_001, step, date(2027, 3, 31))
    owed_now = happened(view, STEP.put(kpi), STEP.put(end))
    other = view_of(deal, view.now)
    told = happened(other, STEP.put(kpi), STEP.put(end._replace(notice="UK11-1")))

    assert owed_now == [("UK11", date(2027, 4, 30), f"contract {step}")]  # not the rating
    assert told == []


def test_notices_are_owed_by_an_authority(deal: Deal, worked: View) -> None:
    assert len(notices_owed(worked, authority=deal.authority)) == 1
    assert notices_owed(worked, authority=deal.community) == ()


def test_the_demo_owes_its_contract_details(demo: View) -> None:
    found = notices_owed(demo)

    assert [(row.of, row.notice, row.due_by) for row in found] == [
        ("award-cleaning", "UK7", date(2025, 9, 4)),
        ("award-estates", "UK7", date(2025, 10, 2)),
        ("award-pupilsagain", "UK7", date(2026, 2, 4)),
        ("award-fleetagain", "UK7", date(2026, 5, 1)),
    ]
    assert all(row.overdue for row in found)


def test_what_is_due_is_what_was_not_confirmed(deal: Deal, worked: View) -> None:
    found = {row.measure: row for row in due(worked)}

    assert {m: (row.owed, row.confirmed, row.open) for m, row in found.items()} == {
        "cash": decimals(2_200_000, 2_025_150, 174_850),
        "expert": decimals(10_000, 9_000, 1_000),
        "volunteer": decimals(50_000, 45_000, 5_000),
    }
    assert {m: row.open_pence for m, row in found.items()} == {
        "cash": 17_485_000,
        "expert": 10_100_000,
        "volunteer": 8_465_000,  # 5,000 hours at £16.93
    }
    assert sum(row.open_pence for row in found.values()) == 435_650_000 - 399_600_000
    assert {row.state for row in found.values()} == {"due"}
    assert {row.due_by for row in found.values()} == {date(2027, 3, 31)}
    assert {str(row.waiting) for row in found.values()} == {"0"}  # all claims are decided
    kinds = [deal.play.log[at - 1].type for at in found["cash"].positions]
    assert kinds == ["pledge-committed.v1", "delivery-claimed.v1", "delivery-confirmed.v1"]


def test_overdue_begins_the_day_after(worked: View) -> None:
    last, after = datetime(2027, 3, 31, 12, tzinfo=UTC), datetime(2027, 4, 1, 12, tzinfo=UTC)

    assert {(r.state, r.days_overdue) for r in due(worked._replace(now=last))} == {("due", 0)}
    assert {(r.state, r.days_overdue) for r in due(worked._replace(now=after))} == {
        ("overdue", 1)
    }


def test_what_falls_due_soon(deal: Deal, worked: View) -> None:
    before = worked._replace(now=datetime(2027, 3, 1, 12, tzinfo=UTC))

    assert len(due(before, within=30)) == 3
    assert due(before, within=29) == ()
    assert due(worked, supplier=deal.rival) == ()
    assert due(worked, supplier=deal.winner) == due(worked)
    with pytest.raises(BadQuestion, match="none or more"):
        due(worked, within=-1)


def test_unmet_is_what_no_pledge_covers(worked: View) -> None:
    found = unmet(worked)

    assert {row.measure: (row.asked, row.committed, row.outstanding) for row in found} == {
        "cash": decimals(5_000_000, 2_200_000, 2_800_000),
        "expert": decimals(12_000, 10_000, 2_000),
        "laptop": decimals(1_100, 1_000, 100),
        "volunteer": decimals(60_000, 50_000, 10_000),
    }
    places = {(row.police_force, row.local_authority) for row in found}
    assert places == {("E23000001", "E09000001")}
    assert {(row.needs, row.listed) for row in found} == {(1, 0)}
    assert unmet(worked, area="E09000001") == unmet(worked, area="E23000001") == found
    assert unmet(worked, area="E09000002") == unmet(worked, theme="NT99") == ()
    assert unmet(worked, theme="NT11") == found


def test_a_need_in_an_auction_is_unmet_and_listed(opened: Deal) -> None:
    found = unmet(view_of(opened))

    assert {(row.needs, row.listed, str(row.committed)) for row in found} == {(1, 1, "0")}


def test_unmet_needs_of_one_area_and_theme_are_one_row(demo: View) -> None:
    found = unmet(demo)
    cells = [row[:6] for row in found]
    (hours,) = [row for row in found if row.needs == 2 and row.theme == "youth"]

    assert cells == sorted(set(cells))
    assert (hours.measure, hours.listed) == ("volunteer-hour", 1)
    assert (hours.asked, hours.committed, hours.outstanding) == decimals(5_200, 100, 5_100)


def test_spend_against_rate_pledges(demo: View) -> None:
    money, hours = sorted(rate_pledges(demo), key=lambda row: row.need_id, reverse=True)

    assert (hours.need_id, money.need_id) == ("need-knocks", "need-tools")
    assert hours.spend_pence == money.spend_pence == 221_500_000
    assert (hours.rate, hours.owed) == decimals("0.0004", 886)  # × £2,215,000
    assert (money.rate, money.owed) == decimals("0.005", 11_075)
    assert (hours.cap, hours.reference, hours.of_cap) == decimals(3_000, 2_400, "0.2953")
    assert (money.confirmed, hours.confirmed) == decimals(11_075, 520)
    assert rate_pledges(demo, contract="contract-estates") == ()
    assert len(rate_pledges(demo, contract="contract-cleaning")) == 2


def test_none_of_it_rests_on_who_asks(deal: Deal, worked: View) -> None:
    for ask in (closing, standstills, notices_owed, due, unmet, rate_pledges):
        assert ask(worked, deal.lead) == ask(worked, replace(deal.buyer, id="x")) == ask(worked)
