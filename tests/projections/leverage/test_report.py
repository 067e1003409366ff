"""What a leverage report counts, what it leaves out and says so, and whom it is about."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from svx_ledger.domain.leverage import NOTHING_RECORDED
from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.projections.leverage.denominators import Denominator
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.vocabulary import Stage
from svx_ledger.projections.memory import Views
from tests.projections.deal import AWARDED, PLEDGED, Deal, Quantities, worked_example
from tests.projections.play import Play

from .happening import claim

SMALL: Quantities = {"cash": 1_000}


def report_of(play: Play, scope: Scope = PORTFOLIO) -> LeverageReport:
    views = play.views()
    return leverage_report(views.tables, as_at=play.now, known_at=views.position, scope=scope)


def says(report: LeverageReport) -> list[tuple[str, str, int | None]]:
    return [(x.subject, x.says, x.value_pence) for x in report.exclusions]


def totals_of(deal: Deal) -> tuple[object, ...]:
    """Pounds offered, pledged and awarded, and what is excluded."""
    report = report_of(deal.play)
    stages: tuple[Stage, ...] = ("offered", "pledged", "awarded")
    return (*(report.total(stage).amount for stage in stages), says(report))


def said(report: LeverageReport) -> tuple[object, ...]:
    """All that a report says but its basis, which names the last position that was read."""
    figures = [
        (figure.amount, figure.unit, figure.reason, figure.positions)
        for figure in report.figures()
    ]
    apart = (report.lines, report.exclusions, report.flags, report.denominators)
    return figures, *apart, report.spend, report.unallocated


def contracted(quantities: Quantities = PLEDGED) -> Deal:
    """A deal up to its contract, with nothing spent."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, quantities)
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    return deal


def two_deals() -> tuple[Play, Deal, Deal]:
    """£1,000 confirmed for £10 spent beside £10 for £10, and £20 spent on neither."""
    play = Play()
    deals = Deal(play, "0001"), Deal(play, "0002", contract_pence=10**9)
    for deal in deals:
        deal.prepare()
        deal.spend(10)
    for deal in deals:
        deal.draft()
    for deal in deals:
        deal.bid(deal.winner, SMALL)
    for deal in deals:
        deal.close()
    for deal in deals:
        deal.disclose()
        deal.approve()
    for deal in deals:
        deal.announce()
    for deal in deals:
        deal.enter()
    for deal, pounds in zip(deals, (1_000, 10), strict=True):
        deal.deliver("cash", 1_000, pounds)
    deals[0].spend(20, allocated=False)
    return play, *deals


def test_without_spend_there_is_a_reason_and_no_number() -> None:
    deal = contracted()
    deal.deliver("cash", 10, 10)
    report = report_of(deal.play)

    assert report.headline.amount is None
    assert report.headline.reason == NOTHING_RECORDED
    assert str(report.headline).startswith("No figure for confirmed gross social value per £1")
    contribution = report.by("measure").leverage("cash", "confirmed", "gross", "D1")
    assert contribution.amount is None
    assert contribution.reason == NOTHING_RECORDED


def test_without_administration_cost_d2_is_not_known() -> None:
    deal = contracted()
    deal.spend(18_000)
    report = report_of(deal.play)

    assert report.leverage("pledged", "gross", "D1").amount == Decimal("275.43")
    assert report.leverage("pledged", "gross", "D2").amount is None


def test_an_empty_exchange_has_a_report_without_numbers() -> None:
    views = Play().views()
    report = leverage_report(views.tables, as_at=Play().now, known_at=0)

    assert report.total("confirmed").amount == 0
    assert report.headline.amount is None


def test_over_delivery_is_shown_and_never_counted() -> None:
    deal = contracted(SMALL)
    deal.spend(10)
    deal.deliver("cash", 900, 900)
    deal.deliver("cash", 300, 250)
    report = report_of(deal.play)
    (line,) = report.lines
    pledge = f"{deal.pledge('cash')} (cash)"

    assert str(report.total("confirmed").amount) == "1000.00"
    assert str(report.delivery_rate.amount) == "1.0000"
    assert str(report.claimed_not_confirmed.amount) == "0.00"
    assert line.stages["confirmed"].quantity == 1_150
    assert says(report) == [
        (pledge, "claimed beyond what is owed: over-delivery", 20_000),
        (pledge, "confirmed beyond what is owed: over-delivery", 15_000),
    ]


def test_a_raise_makes_over_delivery_count() -> None:
    deal = contracted(SMALL)
    deal.spend(10)
    deal.deliver("cash", 1_200, 1_200)
    before = report_of(deal.play).total("confirmed")
    deal.vary({"cash": 1_200})
    after = report_of(deal.play).total("confirmed")

    assert (str(before.amount), str(after.amount)) == ("1000.00", "1200.00")


def test_instalments_add_up_to_the_value_of_their_sum() -> None:
    deal = contracted({"volunteer": 100})
    deal.spend(10)
    for _ in range(4):
        deal.deliver("volunteer", "0.5", "0.5")

    assert str(report_of(deal.play).total("confirmed").amount) == "33.86"


def test_the_portfolio_is_sum_over_sum_never_a_mean() -> None:
    play, first, second = two_deals()
    alone = [
        report_of(play, Scope(procurement_id=deal.procurement)).headline.amount
        for deal in (first, second)
    ]

    assert alone == [Decimal("100.00"), Decimal("1.00")]
    assert report_of(play).headline.amount == Decimal("25.25")  # £1,010 for £10 + £10 + £20


def test_unallocated_spend_counts_in_the_portfolio_only() -> None:
    play, first, _ = two_deals()
    portfolio = report_of(play)
    alone = report_of(play, Scope(procurement_id=first.procurement))

    assert [row.amount_pence for row in portfolio.unallocated] == [2_000]
    assert str(portfolio.unallocated_spend.amount) == "20.00"
    assert portfolio.denominators["D1"].pence == 4_000
    assert alone.unallocated == ()
    assert alone.denominators["D1"].pence == 1_000
    assert alone.unallocated_spend.amount == 0
    assert says(portfolio) == []
    assert says(alone) == [
        ("spend on no procurement in particular", "not counted in D1 and D2", 2_000),
        ("procurement-0002", "outside the cohort: its own report has it", None),
    ]
    assert [play.log[p - 1].type for p in alone.exclusions[0].positions] == [
        "exchange-spend-recorded.v1"
    ]


def test_unallocated_spend_is_left_out_of_a_period_that_it_was_not_for() -> None:
    play, *_ = two_deals()
    subject = "spend on no procurement in particular"
    march = Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 31))
    before = Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 30))

    assert [x.subject for x in report_of(play, march).exclusions] == []
    assert [x.subject for x in report_of(play, before).exclusions] == [subject]


def test_d2_says_of_how_many_procurements_it_knows_the_administration_cost() -> None:
    play, first, second = two_deals()
    names = [report_of(play).denominators["D2"].name]
    for deal in (first, second):
        deal.administer(5)
        names.append(report_of(play).denominators["D2"].name)
    alone = report_of(play, Scope(procurement_id=first.procurement))
    whole = "exchange spend and the authorities' administration cost (D2)"
    partly = f"{whole}, administration cost recorded for"

    assert names == [f"{partly} 0 of 2 procurements", f"{partly} 1 of 2 procurements", whole]
    assert alone.denominators["D2"].name == whole
    figure = report_of(play).leverage("confirmed", "gross", "D2")
    assert figure.text.startswith(f"£20.20 of confirmed gross social value per £1 of {whole},")


def test_the_portfolio_adds_up_contract_values() -> None:
    play, *_ = two_deals()

    assert report_of(play).denominators["D3"].pence == 6 * 10**9


@pytest.mark.parametrize(
    ("scope", "d1_pence", "lines"),
    [
        (Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2)), 2_000, 2),
        (Scope(first_day=date(2026, 3, 3)), 2_000, 0),  # the unallocated, of March 31
        (Scope(last_day=date(2026, 3, 1)), None, 0),
        (Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 31)), 4_000, 2),
    ],
)
def test_a_cohort_is_what_was_awarded_in_a_period(
    scope: Scope, d1_pence: int | None, lines: int
) -> None:
    play, *_ = two_deals()
    report = report_of(play, scope)

    assert report.denominators["D1"].pence == d1_pence
    assert len(report.lines) == lines


def test_spend_on_what_was_never_awarded_stays_in() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.spend(500)
    quarter = Scope(first_day=date(2026, 1, 1), last_day=date(2026, 3, 31))

    assert report_of(deal.play).denominators["D1"].pence == 50_000
    assert report_of(deal.play, quarter).denominators["D1"].pence == 50_000


def test_what_is_not_in_the_cohort_and_whose_spend_is_counted_is_said_to_be() -> None:
    play, first, _ = two_deals()
    third = Deal(play, "0003")
    third.prepare()
    third.spend(5)
    spent_at = len(play.log)
    last = Scope(first_day=date(2026, 3, 3), last_day=date(2026, 3, 31))

    report = report_of(play, last)
    assert report.denominators["D1"].pence == 2_500  # £20 on nothing in particular, and £5
    assert [(x.subject, x.says, x.positions) for x in report.exclusions] == [
        (first.procurement, "outside the cohort: its own report has it", ()),
        ("procurement-0002", "outside the cohort: its own report has it", ()),
        (
            third.procurement,
            "not awarded: its spend of this time is counted, by its own dates",
            (spent_at,),
        ),
    ]


def test_each_stage_waits_for_its_event() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, SMALL)
    totals = [totals_of(deal)]
    for step in (deal.close, deal.disclose, deal.approve, deal.announce, deal.enter):
        step()
        totals.append(totals_of(deal))

    auction = deal.auction
    offered = [(auction, "no approved award: offered, not pledged", 100_000)]
    pledged = [(auction, "no contract entered: pledged, not awarded", 100_000)]
    assert totals == [
        (0, 0, 0, [(auction, "not ranked: nothing is offered yet", None)]),
        (1_000, 0, 0, offered),
        (1_000, 0, 0, offered),
        (1_000, 1_000, 0, pledged),
        (1_000, 1_000, 0, pledged),
        (1_000, 1_000, 1_000, []),
    ]


def test_a_line_left_out_of_the_last_bid_is_not_offered() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 1_000, "laptop": 2})
    deal.bid(deal.winner, {"cash": 5_000})
    deal.close()
    (line,) = report_of(deal.play).lines

    assert line.measure == "cash"
    assert line.pence("offered", "gross") == 500_000


@pytest.mark.parametrize("play", [worked_example().play, two_deals()[0]])
def test_as_at_any_time_is_as_the_log_had_it_then(play: Play) -> None:
    whole = play.views().tables
    views = Views(play)
    for earlier, later in pairwise([*play.rows(), None]):
        views.refresh(limit=1)
        assert earlier is not None
        as_at = recorded_at(earlier.record)
        if later is not None and recorded_at(later.record) == as_at:
            continue  # events of one command share their time
        head = views.position
        then = leverage_report(views.tables, as_at=as_at, known_at=head)
        since = leverage_report(whole, as_at=as_at, known_at=len(play.log))

        assert leverage_report(whole, as_at=as_at, known_at=head) == then
        assert said(since) == said(then)


def test_delivery_outside_the_contract_period_counts_and_is_flagged() -> None:
    deal = contracted(SMALL)
    deal.deliver("cash", 100, 100, since=date(2026, 3, 25))
    report = report_of(deal.play)
    (flag,) = report.flags

    assert flag.says == "delivered outside the contract period"
    assert [deal.play.log[p - 1].type for p in flag.positions] == ["delivery-claimed.v1"]
    assert str(report.total("confirmed").amount) == "100.00"


def test_the_shares_of_who_confirmed_sum_to_one_also_where_an_auditor_did() -> None:
    deal = contracted(SMALL)
    deal.deliver("cash", 600, 450)
    number = claim(deal, "cash", "100")
    pledge = deal.pledge("cash")
    dispute = DisputeDelivery(pledge_id=pledge, claim_no=number, reason="Never came")
    deal.play.do(dispute, deal.lead)
    found = ResolveDispute(
        pledge_id=pledge, claim_no=number, quantity=Decimal(50), reason="Some did"
    )
    before = report_of(deal.play).rates
    deal.play.do(found, deal.person("auditor", deal.evaluator))
    shares = {
        figure.name.split(", cohort")[0].removeprefix("confirmed gross social value "): figure
        for figure in report_of(deal.play).rates
        if figure.name.startswith("confirmed gross")
    }

    assert {name: str(figure.amount) for name, figure in shares.items()} == {
        "(with over-delivery) by the community side": "0.9000",
        "(with over-delivery) by the authority side": "0.0000",
        "(with over-delivery) by auditors, of neither side": "0.1000",
    }
    assert sum(one.name.startswith("confirmed gross") for one in before) == 2


def test_what_is_due_is_measured_beside_the_delivery_rate() -> None:
    deal = contracted(AWARDED)
    deal.deliver("laptop", 500, 500)
    early = report_of(deal.play)
    views = deal.play.views()
    late = leverage_report(
        views.tables, as_at=deal.play.now + timedelta(days=365), known_at=views.position
    )

    assert early.delivery_rate_of_due.amount is None
    assert late.delivery_rate_of_due.amount == late.delivery_rate.amount


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (PORTFOLIO, "cohort every procurement"),
        (Scope(procurement_id="procurement-0001"), "cohort procurement-0001 alone"),
        (
            Scope(first_day=date(2026, 1, 1), last_day=date(2026, 3, 31)),
            "cohort procurements awarded from 2026-01-01 to 2026-03-31",
        ),
        (
            Scope(first_day=date(2026, 1, 1)),
            "cohort procurements awarded from 2026-01-01 to now",
        ),
        (
            Scope(last_day=date(2026, 3, 31)),
            "cohort procurements awarded from the beginning to 2026-03-31",
        ),
        (
            Scope(authority_id="organisation-auth0001"),
            "cohort every procurement of organisation-auth0001",
        ),
        (
            Scope(authority_id="organisation-auth0001", last_day=date(2026, 3, 31)),
            (
                "cohort every procurement of organisation-auth0001, "
                "awarded from the beginning to 2026-03-31"
            ),
        ),
        (
            Scope(procurement_id="procurement-0001", first_day=date(2026, 1, 1)),
            "cohort procurement-0001 alone, awarded from 2026-01-01 to now",
        ),
        (Scope(basis="period"), "period every procurement"),
        (
            Scope(basis="period", first_day=date(2026, 1, 1), last_day=date(2026, 3, 31)),
            "period 2026-01-01 to 2026-03-31 of every procurement",
        ),
        (
            Scope(
                basis="period",
                authority_id="organisation-auth0001",
                last_day=date(2026, 3, 31),
            ),
            (
                "period the beginning to 2026-03-31 of "
                "every procurement of organisation-auth0001"
            ),
        ),
    ],
)
def test_a_scope_has_a_name(scope: Scope, name: str) -> None:
    assert str(scope) == name


def test_the_first_award_of_a_procurement_dates_it() -> None:
    play, first, _ = two_deals()
    day = date(2026, 3, 2)
    report = report_of(play, Scope(first_day=day, last_day=day))

    assert {line.procurement_id for line in report.lines} > {first.procurement}


def test_denominators_come_with_their_events() -> None:
    deal = worked_example()
    report = report_of(deal.play)
    types = {
        per: [deal.play.log[p - 1].type for p in denominator.positions]
        for per, denominator in report.denominators.items()
    }

    assert types == {
        "D1": ["exchange-spend-recorded.v1"],
        "D2": ["exchange-spend-recorded.v1", "administration-cost-recorded.v1"],
        "D3": ["contract-entered.v1"],
        "D4": ["exchange-spend-recorded.v1", "administration-cost-recorded.v1"],
    }
    assert report.denominators["D4"].pence is None  # no other input is recorded
    assert report.denominators["D2"] == Denominator(
        per="D2",
        name="exchange spend and the authorities' administration cost (D2)",
        pence=2_400_000,
        positions=report.denominators["D2"].positions,
    )
    assert [row.amount_pence for row in report.spend] == [1_800_000, 600_000]


def test_remarks_lead_to_their_events() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    (remark,) = report_of(deal.play).exclusions

    assert [deal.play.log[p - 1].type for p in remark.positions] == ["auction-drafted.v1"]


def test_a_remark_is_about_its_own_auction_and_procurement() -> None:
    play = Play()
    first, second = Deal(play, "0001"), Deal(play, "0002")
    for deal in (first, second):
        deal.prepare()
    for deal in (first, second):
        deal.draft()
    first.bid(first.winner, SMALL)
    second.bid(second.winner, {"cash": 7})
    for deal in (first, second):
        deal.close()
    alone = report_of(play, Scope(procurement_id=second.procurement))

    assert says(report_of(play)) == [
        (first.auction, "no approved award: offered, not pledged", 100_000),
        (second.auction, "no approved award: offered, not pledged", 700),
    ]
    assert says(alone) == [
        (second.auction, "no approved award: offered, not pledged", 700),
        (first.procurement, "outside the cohort: its own report has it", None),
    ]
