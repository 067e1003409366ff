"""The register searched and counted, its notices and corrections, and how long it is kept."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import RecommendAward
from svx_ledger.domain.award.dropping import WithdrawTender
from svx_ledger.domain.award.objecting import LiftSuspension, RecordProceedings
from svx_ledger.domain.contract.ending import CompleteContract
from svx_ledger.domain.contract.events import VariedLine
from svx_ledger.domain.contract.performing import RatePerformance, SetKpi
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.observation.events import ProcurementObserved, PublishedAwardRecorded
from svx_ledger.domain.procurement import PublishNotice
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.award_rows import ANNOUNCEMENT, AnnouncementRow
from svx_ledger.projections.elsewhere import ELSEWHERE, AwardElsewhere
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.notice_timeline import corrections_of, notice_timeline
from svx_ledger.projections.organisations import IDENTIFIER, IdentifierRow
from svx_ledger.projections.register import RegisteredAward
from svx_ledger.projections.register_cards import folded_text
from svx_ledger.projections.register_search import (
    FACETS,
    MOST,
    BadCursor,
    Search,
    facets,
    search,
)
from svx_ledger.projections.retention import Retention, retention
from svx_ledger.projections.view import View
from tests.golden import golden
from tests.golden.handmade import handmade

from .deal import ENTERED_AT, PLEDGED, Deal, worked_example
from .play import Play
from .test_visibility_played import AUDITOR

PUBLISHED = [
    read_record(row)
    for row in (*(line.row for line in golden()), *handmade())
    if row.type in ("procurement-observed.v1", "published-award-recorded.v1")
]


def view_of(deal: Deal) -> View:
    views = deal.play.views()
    return View(views.tables, views.position, deal.play.now)


def to_ranked(key: str = "0001") -> Deal:
    deal = Deal(Play(), key)
    deal.prepare()
    deal.draft()
    deal.bid(deal.rival, {"cash": 4_200_000})
    deal.bid(deal.winner, PLEDGED)
    deal.close()
    deal.disclose()
    return deal


def with_elsewhere(view: View) -> View:
    """The same, with what a publisher states of another award."""
    rows = view.rows
    assert isinstance(rows, Tables)
    for recorded in PUBLISHED:
        if isinstance(recorded.event, ProcurementObserved | PublishedAwardRecorded):
            rows.apply(ELSEWHERE.project(replace(recorded, stream="procurement-elsewhere1")))
    return view


WHOLE = worked_example()
VIEW = with_elsewhere(view_of(WHOLE))


def ids(view: View, sought: Search) -> list[str]:
    return [
        one.award.award_id if isinstance(one, RegisteredAward) else "elsewhere"
        for one in search(view, sought).items
    ]


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("authority", WHOLE.authority, WHOLE.evaluator),
        ("area", "E23000001", "E23000002"),
        ("area", "E09000001", "E09000002"),
        ("supplier", WHOLE.winner, WHOLE.rival),
        ("community", WHOLE.community, WHOLE.authority),
        ("measure", "laptop", "van"),
        ("theme", "NT11", "NT12"),
        ("text", "FACILITIES  winner0001", "facilities loser"),
        ("text", "ocds-abc123-0001", "ocds-abc123-0002"),
        ("text", "award-0001 comm0001", "award-0002"),
        ("standstill", "over", "running"),
        ("state", "contract-entered", "approved"),
        ("vcse", False, True),
    ],
)
def test_an_award_is_found_by_what_it_is_and_by_nothing_else(
    field: str, right: object, wrong: object
) -> None:
    here = {"elsewhere": False}
    assert ids(VIEW, Search(**{field: right}, **here)) == [WHOLE.award]  # type: ignore[arg-type]
    assert ids(VIEW, Search(**{field: wrong}, **here)) == []  # type: ignore[arg-type]


def test_dates_and_worth_are_from_the_first_to_the_last() -> None:
    found = search(VIEW, Search(elsewhere=False)).items[0]
    assert isinstance(found, RegisteredAward)
    day, pence = found.award.approved_on, 435_650_000
    assert day is not None
    assert found.contract is not None
    assert found.contract.pledged_pence == pence
    day_before, day_after = day.replace(day=day.day - 1), day.replace(day=day.day + 1)
    hits = [Search(since=day), Search(until=day), Search(least_pence=pence)]
    hits += [Search(most_pence=pence), Search(since=day, until=day), Search(least_pence=0)]
    misses = [Search(since=day_after), Search(until=day_before), Search(least_pence=pence + 1)]
    misses.append(Search(most_pence=pence - 1))

    assert all(ids(VIEW, one._replace(elsewhere=False)) == [WHOLE.award] for one in hits)
    assert all(ids(VIEW, one._replace(elsewhere=False)) == [] for one in misses)


def test_an_award_that_nobody_approved_is_dated_by_its_assessment_and_worth_nothing() -> None:
    deal = to_ranked()
    ranked = RankAssessment(
        award_id=deal.award, auction_id=deal.auction, cause="auction-closed"
    )
    deal.play.do(ranked, deal.buyer)
    view, today = view_of(deal), uk_date(deal.play.now)

    assert ids(view, Search(since=today, until=today)) == [deal.award]
    assert ids(view, Search(least_pence=0)) == []
    assert ids(view, Search(most_pence=10**15)) == []
    assert ids(view, Search(standstill="not-announced")) == [deal.award]
    assert ids(view, Search(text="WINNER0001")) == []  # nobody has won
    proposed = RecommendAward(award_id=deal.award, supplier_id=deal.winner, grounds=())
    deal.play.do(proposed, deal.person("authority.assessor"))
    view = view_of(deal)
    for viewer in (None, deal.buyer, AUDITOR):
        assert search(view, Search(supplier=deal.winner), viewer).items == ()
        assert search(view, Search(text="winner0001"), viewer).items == ()
        assert search(view, Search(state="recommended"), viewer).items == ()
    assert facets(view, Search())["supplier"] == {}
    (found,) = search(view, Search(), deal.buyer).items
    assert isinstance(found, RegisteredAward)
    assert found.award.recommended == deal.winner
    (found,) = search(view, Search()).items
    assert isinstance(found, RegisteredAward)
    assert found.award.recommended is None


def test_the_standstill_runs_is_over_or_suspended() -> None:
    deal = to_ranked()
    deal.approve()
    deal.announce()

    def state() -> list[str]:
        return list(facets(view_of(deal), Search())["standstill"])

    running = state()
    sued = RecordProceedings(
        award_id=deal.award,
        court_ref="HT-1",
        commenced_on=date(2026, 3, 10),
        notified_on=date(2026, 3, 10),
    )
    deal.play.do(sued, deal.buyer)
    suspended = state()
    lifted = LiftSuspension(
        award_id=deal.award, court_ref="HT-1", order_ref="O-1", lifted_on=date(2026, 3, 20)
    )
    deal.play.do(lifted, deal.buyer, ENTERED_AT)
    assert [running, suspended, state()] == [["running"], ["suspended"], ["over"]]


def test_what_was_decided_elsewhere_is_marked_and_left_out_or_alone() -> None:
    everything = search(VIEW, Search()).items
    there = search(VIEW, Search(elsewhere=True)).items

    assert there
    assert all(isinstance(one, AwardElsewhere) and one.decided == "elsewhere" for one in there)
    assert search(VIEW, Search(elsewhere=False)).items == everything[: -len(there)]
    assert ids(VIEW, Search(vcse=False)) == [WHOLE.award]
    one = there[0]
    assert isinstance(one, AwardElsewhere)
    assert ids(VIEW, Search(text=one.ocid.upper())) == ["elsewhere"]
    assert ids(VIEW, Search(standstill="over")) == [WHOLE.award]


def test_a_supplier_on_a_charity_register_is_a_vcse() -> None:
    deal = worked_example()
    view = view_of(deal)
    rows = view.rows
    assert isinstance(rows, Tables)
    rows.apply([IDENTIFIER.put(IdentifierRow(deal.winner, "GB-CHC", "123456"))])

    assert ids(view, Search(vcse=True)) == [deal.award]
    assert ids(view, Search(vcse=False)) == []
    assert facets(view, Search())["vcse"] == {"yes": 1}


def test_counts_are_of_what_each_choice_would_find_beside_the_others() -> None:
    counted = facets(VIEW, Search(measure="laptop", authority="organisation-nobody"))

    assert counted.keys() == FACETS.keys()
    assert counted["authority"] == {WHOLE.authority: 1}  # its own choice does not count
    assert counted["measure"] == {}
    assert counted["supplier"] == {}
    every = facets(VIEW, Search())
    assert every["measure"] == dict.fromkeys(("cash", "expert", "laptop", "volunteer"), 1)
    assert every["year"]["2026"] >= 1
    assert every["elsewhere"]["no"] == 1
    for facet, field in (("authority", "authority"), ("area", "area"), ("theme", "theme")):
        for value, n in every[facet].items():
            assert len(ids(VIEW, Search(**{field: value}))) == n  # type: ignore[arg-type]


def test_pages_make_the_whole() -> None:
    whole = search(VIEW, Search()).items
    for limit in (1, 2, len(whole)):
        found: list[object] = []
        cursor: str | None = None
        while True:
            page = search(VIEW, Search(), after=cursor, limit=limit)
            assert len(page.items) <= limit
            found += page.items
            cursor = page.next
            if cursor is None:
                break
        assert found == list(whole)
    assert search(VIEW, Search(), limit=len(whole)).next is None


@pytest.mark.parametrize("cursor", ["", "7", "here-", "here-x", "there-1", "here-²"])
def test_only_a_cursor_that_was_given_is_taken(cursor: str) -> None:
    with pytest.raises(BadCursor):
        search(VIEW, Search(), after=cursor)


@pytest.mark.parametrize("limit", [0, MOST + 1])
def test_a_page_has_from_one_to_a_thousand_awards(limit: int) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        search(VIEW, Search(), limit=limit)


def test_text_is_compared_composed_and_without_capitals() -> None:
    assert folded_text("  CAFE\u0301  Straße ") == "caf\u00e9 strasse"
    assert folded_text("\u0130") == folded_text(folded_text("\u0130"))


def test_the_notices_of_an_award_stand_in_the_order_of_the_log() -> None:
    deal = worked_example()
    manager = deal.person("authority.contract_manager")
    published = date(2026, 3, 21)
    for lot, reference in ((None, "UK7-1"), ("1", "UK3-1")):
        notice = PublishNotice(
            procurement_id=deal.procurement,
            notice="UK7" if lot is None else "UK3",
            reference=reference,
            published_on=published,
            lot=lot,
        )
        deal.play.do(notice, deal.buyer)
    lines = (VariedLine(need_id=deal.need("cash"), quantity=Decimal(2_300_000)),)
    vary = RequestVariation(
        contract_id=deal.contract, lines=lines, ground="More", notice="UK10-1"
    )
    deal.play.do(vary, deal.buyer)
    agree = ApproveVariation(contract_id=deal.contract)
    deal.play.do(agree, deal.person("authority.approver"))
    kpi = SetKpi(contract_id=deal.contract, kpi="K1", title="T", goal="G")
    deal.play.do(kpi, manager)
    rate = RatePerformance(
        contract_id=deal.contract,
        kpi="K1",
        period_from=date(2026, 4, 1),
        period_to=date(2026, 6, 30),
        rating="good",
        notice="UK9-1",
    )
    deal.play.do(rate, manager)
    end = CompleteContract(contract_id=deal.contract, notice="UK11-1", reason="Early")
    deal.play.do(end, manager)
    found = notice_timeline(view_of(deal).rows, deal.award)

    assert [(n.notice, n.reference, n.stream, n.replaced) for n in found] == [
        ("UK4", "UK4-0001", deal.procurement, False),
        ("UK6", "UK6-0001", deal.award, False),
        ("UK7", "UK7-1", deal.procurement, False),
        ("UK3", "UK3-1", deal.procurement, False),
        ("UK10", "UK10-1", deal.contract, False),
        ("UK9", "UK9-1", deal.contract, False),
        ("UK11", "UK11-1", deal.contract, False),
    ]
    assert [n.position for n in found] == sorted(n.position for n in found)
    today = uk_date(deal.play.now)
    assert [n.dated for n in found] == [
        *(found[0].dated, date(2026, 3, 10), published, published),
        *(today, today, today),
    ]
    assert notice_timeline(view_of(deal).rows, "award-nowhere") == ()


def test_an_award_notice_that_another_followed_is_replaced_and_a_termination_is_shown() -> None:
    deal = to_ranked()
    deal.approve()
    deal.announce()
    withdraw = WithdrawTender(
        award_id=deal.award, supplier_id=deal.winner, reason="Insolvent (fictional)"
    )
    deal.play.do(withdraw, deal.buyer)
    proposed = RecommendAward(award_id=deal.award, supplier_id=deal.rival, grounds=())
    deal.play.do(proposed, deal.person("authority.assessor"))
    rows = view_of(deal).rows
    one = [(n.notice, n.replaced) for n in notice_timeline(rows, deal.award)]

    assert one == [("UK4", False), ("UK6", False)]
    assert retention(rows, deal.award) is None  # nothing is approved any more
    assert isinstance(rows, Tables)
    day = date(2026, 4, 1)
    rows.apply(
        [ANNOUNCEMENT.put(AnnouncementRow(deal.award, 900, "UK6-2", day, "none", day, day))]
    )
    two = [(n.notice, n.replaced) for n in notice_timeline(rows, deal.award)]
    assert two == [("UK4", False), ("UK6", True), ("UK6", False)]


def test_corrections_of_what_an_award_rests_on_are_shown_old_and_new() -> None:
    deal = worked_example()
    asked = (
        (
            "correction-c001",
            deal.procurement,
            "Facilities management",
            "Facilities",
            deal.buyer,
        ),
        ("correction-c002", deal.project, "Homework club", "Homework clubs", deal.lead),
    )
    for correction, target, old, new, who in asked:
        request = RequestCorrection(
            correction_id=correction,
            target_id=target,
            field="title",
            old=old,
            new=new,
            reason="Wrong",
        )
        deal.play.do(request, who)
        side = "authority.approver" if who == deal.buyer else "community.confirmer"
        agreeing = deal.person(side, who.organisation or "")  # type: ignore[arg-type]
        deal.play.do(ApproveCorrection(correction_id=correction), agreeing)
    rows = view_of(deal).rows

    assert [(c.stream, c.old, c.new) for c in corrections_of(rows, deal.award)] == [
        (target, old, new) for _, target, old, new, _ in asked
    ]
    assert corrections_of(rows, "award-nowhere") == ()
    assert ids(view_of(deal), Search(text="facilities management")) == []


def test_records_are_kept_three_years_from_the_contract_else_from_the_award() -> None:
    deal = to_ranked()
    deal.approve()
    approved = retention(view_of(deal).rows, deal.award)
    day = uk_date(deal.play.now)
    deal.announce()
    deal.enter()
    entered = retention(view_of(deal).rows, deal.award)

    assert approved == Retention(
        deal.award, "award", day, date(day.year + 3, day.month, day.day)
    )
    assert entered == Retention(deal.award, "contract", date(2026, 3, 21), date(2029, 3, 21))
    assert entered is not None
    assert not entered.over(date(2029, 3, 20))
    assert entered.over(date(2029, 3, 21))
    assert retention(Tables(), deal.award) is None
