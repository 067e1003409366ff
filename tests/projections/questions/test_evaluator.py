"""What an evaluator asks: lines, cohorts, deliveries, exclusions, who benefits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.organisation import DescribeOrganisation
from svx_ledger.domain.organisation.codes import IncomeBand
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.vocabulary import STAGES, Weight
from svx_ledger.projections.obligations import CLAIM
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.beneficiaries import Benefit, beneficiaries
from svx_ledger.projections.questions.evaluator import exclusions, line_ledger, waterfall
from svx_ledger.projections.questions.evidence import shared_evidence, unconfirmed
from svx_ledger.projections.view import View
from tests.projections.deal import DELIVERED_AT, Deal
from tests.projections.play import Play

from .conftest import decimals, view_of

OF_LINES: tuple[Weight, ...] = ("gross", "net")
"""A present value is rounded once at the total: no line has one."""


@pytest.mark.parametrize("of", ["worked", "demo"])
def test_the_line_ledger_sums_to_the_leverage_report(
    of: str, request: pytest.FixtureRequest
) -> None:
    view: View = request.getfixturevalue(of)
    report = leverage_report(view.rows, as_at=view.now, known_at=view.position)
    lines = line_ledger(view)
    sums = {
        (stage, weight): sum(
            getattr(line, f"{stage}_pence" if weight == "gross" else f"{stage}_net_pence")
            for line in lines
        )
        for stage in STAGES
        for weight in OF_LINES
    }

    assert {key: Decimal(pence).scaleb(-2) for key, pence in sums.items()} == {
        (stage, weight): report.total(stage, weight).amount
        for stage in STAGES
        for weight in OF_LINES
    }
    assert sums["confirmed", "gross"] == {"worked": 399_600_000, "demo": 408_457_500}[of]


def test_a_line_shows_every_stage(deal: Deal, worked: View) -> None:
    (row,) = [row for row in line_ledger(worked) if row.need_id == deal.need("volunteer")]
    kinds = {deal.play.log[position - 1].type for position in row.positions}

    assert (row.offered, row.pledged, row.awarded, row.claimed, row.confirmed) == decimals(
        60_000, 60_000, 50_000, 48_000, 45_000
    )
    assert (row.awarded_pence, row.confirmed_pence) == (84_650_000, 76_185_000)
    assert row.confirmed_net_pence == 54_853_200
    assert row.k == Decimal("0.72")
    assert kinds == {
        "bid-accepted.v1",
        "bids-ranked.v1",
        "award-approved.v1",
        "pledge-committed.v1",
        "pledge-varied.v1",
        "delivery-claimed.v1",
        "delivery-confirmed.v1",
    }
    assert line_ledger(worked, procurement="procurement-none") == ()
    assert line_ledger(worked, procurement=deal.procurement) == line_ledger(worked)


def test_a_runner_up_s_line_was_offered_and_no_more(deal: Deal, worked: View) -> None:
    (row,) = [row for row in line_ledger(worked) if row.supplier_id == deal.rival]

    assert (row.offered_pence, row.pledged, row.confirmed_pence) == (420_000_000, None, 0)
    assert (row.pledge_id, row.community_id) == (None, None)


def test_the_waterfall_of_the_worked_example(worked: View) -> None:
    falls = waterfall(worked)

    assert [(fall.cohort, fall.stage, fall.gross_pence) for fall in falls] == [
        ("2025/26", "offered", 915_780_000),
        ("2025/26", "pledged", 495_780_000),
        ("2025/26", "awarded", 435_650_000),
        ("2025/26", "claimed", 432_264_000),
        ("2025/26", "confirmed", 399_600_000),
    ]
    assert falls[-1].net_pence == 341_921_400
    shares = [fall.of_stage_before for fall in falls]
    assert shares == [
        None,
        Decimal("0.5414"),  # 4,957,800 of 9,157,800
        Decimal("0.8787"),  # the report's conversion
        Decimal("0.9922"),
        Decimal("0.9244"),
    ]
    assert [fall.lines for fall in falls] == [5, 4, 4, 4, 4]
    assert {fall.procurements for fall in falls} == {1}


def test_cohorts_sum_to_the_portfolio(demo: View) -> None:
    falls = waterfall(demo)
    report = leverage_report(demo.rows, as_at=demo.now, known_at=demo.position)

    assert [fall.cohort for fall in falls] == ["2025/26"] * 5 + ["2026/27"] * 5
    for stage in STAGES:
        pence = sum(fall.gross_pence for fall in falls if fall.stage == stage)
        assert Decimal(pence).scaleb(-2) == report.total(stage).amount


def test_a_bid_without_an_award_is_of_no_cohort() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    assert waterfall(view_of(deal)) == ()
    deal.close()
    falls = waterfall(view_of(deal))

    assert {fall.cohort for fall in falls} == {"not awarded"}
    assert [fall.gross_pence for fall in falls] == [200_000, 0, 0, 0, 0]
    assert [fall.of_stage_before for fall in falls] == [None, 0, None, None, None]


@pytest.fixture
def claimed() -> Deal:
    """A claim that nobody decided, made on 1 July 2026."""
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
    deal.deliver("laptop", 5, 5)
    return deal


def test_a_claim_is_old_after_more_than_28_days(claimed: Deal) -> None:
    at = {days: view_of(claimed, DELIVERED_AT + timedelta(days=days)) for days in (28, 29)}
    (row,) = unconfirmed(at[29])

    assert unconfirmed(at[28]) == ()
    assert (row.days, row.quantity, row.value_pence) == (29, Decimal(500), 50_000)
    assert (row.supplier_id, row.community_id) == (claimed.winner, claimed.community)
    assert (row.measure, row.state, len(row.positions)) == ("cash", "claimed", 1)
    assert unconfirmed(at[28], days=27)[0].days == 28
    assert unconfirmed(at[29], community=claimed.community) == (row,)
    assert unconfirmed(at[29], community="organisation-other") == ()
    with pytest.raises(BadQuestion):
        unconfirmed(at[29], days=-1)
    assert uk_date(DELIVERED_AT).isoformat() == "2026-07-01"


def test_a_disputed_claim_is_not_decided(claimed: Deal) -> None:
    view = view_of(claimed, DELIVERED_AT + timedelta(days=29))
    key = (claimed.pledge("cash"), 1)
    view.rows.apply([CLAIM.patch(*key, phase="disputed")])  # type: ignore[attr-defined]

    assert [row.state for row in unconfirmed(view)] == ["disputed"]
    view.rows.apply([CLAIM.patch(*key, phase="withdrawn")])  # type: ignore[attr-defined]
    assert unconfirmed(view) == ()


def test_apportioned_evidence_is_shared_with_its_shares(demo: View) -> None:
    found = shared_evidence(demo)

    assert [(row.how, str(row.share)) for row in found] == [
        ("apportioned", "0.4"),
        ("apportioned", "0.6"),
    ]
    assert len({row.evidence_sha256 for row in found}) == 1
    assert [row.positions for row in found] == [(538, 540), (538, 541)]


def test_evidence_that_serves_twice_is_named_by_how(claimed: Deal) -> None:
    view = view_of(claimed)
    assert shared_evidence(view) == ()
    same = {"evidence_sha256": "f" * 64}
    cash, laptop = (claimed.pledge("cash"), 1), (claimed.pledge("laptop"), 1)
    view.rows.apply([CLAIM.patch(*cash, **same), CLAIM.patch(*laptop, **same)])  # type: ignore[attr-defined]
    apart = [row.how for row in shared_evidence(view)]
    other = view_of(claimed)
    row = other.rows.get(CLAIM, *cash)
    assert row is not None
    again = CLAIM.put(row._replace(claim_no=2, position=row.position + 1))
    other.rows.apply([again])  # type: ignore[attr-defined]

    assert apart == ["not-apportioned"] * 2
    assert [row.how for row in shared_evidence(other)] == ["same-pledge"] * 2


def test_exclusions_are_those_of_the_report(demo: View) -> None:
    said = {row.subject: row.says for row in exclusions(demo) if row.kind == "exclusion"}

    assert said["auction-fleet"].startswith("voided: contributes nothing")
    assert said["auction-recovery"] == "not ranked: nothing is offered yet"
    assert said["auction-lighting"] == "no contract entered: pledged, not awarded"
    narrowed = exclusions(demo, procurement="procurement-estates")
    assert {row.says for row in narrowed} == {"outside the cohort: its own report has it"}


def test_what_was_delivered_outside_its_period_is_a_flag(claimed: Deal) -> None:
    claimed.deliver("cash", 1, 1, since=datetime(2026, 3, 1, tzinfo=UTC).date())
    flags = [row for row in exclusions(view_of(claimed)) if row.kind == "flag"]

    assert [row.says for row in flags] == ["delivered outside the contract period"]


POUNDS = (100, 200, 300, 400, 500, 600, 700, 800)
"""What each of eight community organisations was pledged, and what arrived."""


@pytest.fixture(scope="module")
def eight() -> View:
    """Eight contracts for one community organisation each: six led by women, three micro."""
    play = Play()
    deals = [Deal(play, f"100{n}") for n in range(len(POUNDS))]
    for number, deal in enumerate(deals):
        deal.prepare()
        band: IncomeBand = "under-10k" if number < 3 else "10k-to-100k"
        described = DescribeOrganisation(
            organisation_id=deal.community,
            income_band=None if number == 7 else band,
            led_by=("women-and-girls",) if number < 6 else (),
            beneficiary_groups=("carers", "older-people"),
        )
        play.do(replace(described, led_by=("other",)), deal.lead)
        play.do(described, deal.lead)  # said again, it replaces what was said
    for step in (Deal.draft, _bid, Deal.close, Deal.disclose, Deal.approve, Deal.announce):
        for deal in deals:
            step(deal)
    for step in (Deal.enter, _deliver):
        for deal in deals:
            step(deal)
    return view_of(deals[-1])


def _bid(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": POUNDS[int(deal.key[-1])]})


def _deliver(deal: Deal) -> None:
    pounds = POUNDS[int(deal.key[-1])]
    deal.deliver("cash", pounds, pounds)


def told_of(view: View, by: str) -> dict[str, Benefit]:
    return {row.category: row for row in beneficiaries(view) if row.by == by}


def test_who_benefits_is_told_of_five_or_more(eight: View) -> None:
    led, serves = told_of(eight, "led-by"), told_of(eight, "serves")

    assert led["all"].organisations == 8
    assert led["all"].confirmed_pence == 360_000
    assert (led["not stated"].suppressed, led["not stated"].confirmed_pence) == (True, None)
    women = led["women-and-girls"]
    assert women.suppressed  # else the two others would be all less these
    for group in ("carers", "older-people"):  # all eight serve both
        assert (serves[group].organisations, str(serves[group].share)) == (8, "1.0000")
        assert serves[group].positions == serves["all"].positions


def test_a_small_cell_does_not_follow_from_another_way_of_sorting(eight: View) -> None:
    size, bands = told_of(eight, "size"), told_of(eight, "income-band")

    assert {name for name, row in bands.items() if not row.suppressed} == {"all"}
    assert {name for name, row in size.items() if not row.suppressed} == {"all"}
    assert set(bands) == {"all", "under-10k", "10k-to-100k", "not stated"}


def test_places_and_concentration(eight: View) -> None:
    forces, top = told_of(eight, "police-force"), told_of(eight, "top five")

    assert forces["E23000001"].confirmed_pence == 360_000
    assert forces["E23000001"].awarded_pence == 360_000
    assert {row.suppressed for row in top.values()} == {True, False}  # three are the rest
    assert top["top five"].suppressed
    assert not top["all"].suppressed


def test_of_fewer_than_five_nothing_is_told(worked: View) -> None:
    rows = beneficiaries(worked)

    assert rows
    assert all(row.suppressed for row in rows)
    assert {row[2:6] for row in rows} == {(None, None, None, None)}
    assert {row.positions for row in rows} == {()}
