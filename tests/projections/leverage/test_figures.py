"""Figures: each tells what it is, and only by all inputs is one a social return."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from svx_ledger.domain.leverage import DIVISOR_IS_ZERO
from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute
from svx_ledger.domain.present_value import flat
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.reporting import leverage_by, leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.valuing import Discounting
from svx_ledger.projections.leverage.vocabulary import DIMENSIONS, EVERY_STAGE, WEIGHTS, Weight
from tests.projections.deal import Deal
from tests.projections.play import Play

from .happening import EVERYTHING, claim, played, spent
from .test_valuing import delivered_deal, report_of

END = datetime.max.replace(tzinfo=UTC)


def test_without_inputs_there_is_no_d4_and_with_them_it_alone_is_sroi() -> None:
    deal = delivered_deal(cash="100")
    days = date(2026, 3, 31)
    d4 = [report_of(deal).leverage("confirmed", "net", "D4")]
    for kind in ("input", "administration"):
        spent(deal, kind, 5, days)
        d4.append(report_of(deal).leverage("confirmed", "net", "D4"))

    assert [figure.amount for figure in d4] == [None, None, Decimal("4.99")]  # £100 over £20.03
    assert all("social return on investment" in figure.text for figure in d4)
    report = report_of(deal)
    assert report.denominators["D4"].pence == 1_001 + 501 + 501
    assert report.denominators["D2"].pence == 1_001 + 501
    assert len(report.denominators["D4"].positions) == 3
    others = [
        figure.text
        for figure in report.figures()
        if "(D4" not in figure.text and "return on investment" in figure.text
    ]
    assert others == []


def test_d4_needs_d2_and_inputs_alone_are_none() -> None:
    deal = delivered_deal(cash="100")
    spent(deal, "input", 5, date(2026, 3, 31))
    partly = report_of(deal).denominators["D4"].name

    assert report_of(deal).denominators["D4"].pence is None
    assert partly == "all recorded inputs (D4, social return on investment)"
    spent(deal, "administration", 5, date(2026, 3, 31), allocated=False)
    assert report_of(deal).denominators["D4"].pence == 2_003
    assert report_of(deal).denominators["D2"].name.endswith("recorded for 0 of 1 procurements")


def test_inputs_of_no_procurement_are_left_out_of_d4_and_not_of_d1() -> None:
    deal = delivered_deal(cash="100")
    last = date(2026, 3, 31)
    spent(deal, "input", 5, last, allocated=False)
    spent(deal, "administration", 6, last, allocated=False)
    views = deal.play.views()
    alone = leverage_report(
        views.tables,
        as_at=END,
        known_at=views.position,
        scope=Scope(procurement_id=deal.procurement),
    )
    whole = report_of(deal)

    assert [(x.subject, x.says, x.value_pence) for x in alone.exclusions] == [
        ("spend on no procurement in particular", "not counted in D1 and D2", 601),
        ("inputs on no procurement in particular", "not counted in D4", 501),
    ]
    assert [len(x.positions) for x in alone.exclusions] == [1, 1]
    assert str(whole.unallocated_spend.amount) == "6.01"
    assert len(whole.unallocated) == 2


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_figure_tells_what_it_is(weight: Weight) -> None:
    play, *_ = played(EVERYTHING)
    views = play.views()
    asked = Asked(as_at=play.now, known_at=views.position, scope=PORTFOLIO)
    report = leverage_report(views.tables, **vars(asked))
    basis = (
        f"cohort every procurement, as at {play.now:%Y-%m-%dT%H:%M:%SZ}, "
        f"known at position {views.position}, proxy set Proxies 2025 (proxy-set-0001)"
    )
    said = {
        "gross": "gross social value",
        "net": "net social value",
        "present": "net social value at present value (green_book, Green Book STPR)",
    }[weight]
    names = {
        stage: stage if stage != "reference" else "awarded (at reference spend)"
        for stage in EVERY_STAGE
    }
    for stage in EVERY_STAGE:
        for per, denominator in report.denominators.items():
            figure = report.leverage(stage, weight, per)
            assert f"{names[stage]} {said}" in figure.text
            assert f"({per}" in figure.text
            assert denominator.name in figure.text
            assert basis in figure.text
            assert figure.name in figure.text
            with pytest.raises(ValueError, match="with its name"):
                f"{figure:.2f}"
        total = report.total(stage, weight)
        assert f"{total}".startswith(("£", "-£"))
        assert f" of {names[stage]} {said}, {basis}" in f"{total}"
    for by in DIMENSIONS:
        parts = leverage_by(views.tables, asked, by)
        for part in parts.parts:
            figure = parts.leverage(part, "confirmed", weight, "D2")
            for words in (f"confirmed {said} ", f" {by} {part}", "(D2)", basis):
                assert words in figure.text
            with pytest.raises(ValueError, match="with its name"):
                f"{figure:>9}"


def test_gross_and_net_do_not_name_rates_that_they_do_not_use() -> None:
    play, *_ = played(EVERYTHING)
    views = play.views()
    report = leverage_report(views.tables, as_at=play.now, known_at=views.position)

    for figure in report.figures():
        assert ("Green Book" in figure.text) == ("present value" in figure.text)


def test_who_confirmed_and_what_nobody_did_yet() -> None:
    deal = delivered_deal(cash="300")
    pledge, number = deal.pledge("cash"), claim(deal, "cash", "200")
    dispute = DisputeDelivery(pledge_id=pledge, claim_no=number, reason="Never came")
    deal.play.do(dispute, deal.lead)
    during = {figure.name.partition(", ")[0]: figure for figure in report_of(deal).rates}
    resolve = ResolveDispute(
        pledge_id=pledge, claim_no=number, quantity=Decimal(50), reason="Some did"
    )
    deal.play.do(resolve, deal.person("authority.contract_manager"))
    after = {figure.name.partition(", ")[0]: figure for figure in report_of(deal).rates}

    told = {
        name: (str(during[name].amount), str(after[name].amount))
        for name in during
        if "claimed gross" in name or "side" in name
    }
    assert told == {
        "claimed gross social value unverified": ("0.4000", "0.3000"),
        "claimed gross social value (with over-delivery) disputed": ("0.4000", "0.0000"),
        "confirmed gross social value (with over-delivery) by the community side": (
            "1.0000",
            "0.8571",
        ),
        "confirmed gross social value (with over-delivery) by the authority side": (
            "0.0000",
            "0.1429",
        ),
    }
    nothing = {figure.reason for figure in report_of(Deal(Play())).rates}
    assert nothing == {None, DIVISOR_IS_ZERO}


def test_two_instants_of_one_second_have_two_names() -> None:
    basis = report_of(delivered_deal(cash="300")).basis
    first, second = (
        replace(basis, as_at=datetime(2026, 3, 31, 23, 30, 11, at, tzinfo=UTC))
        for at in (200_000, 800_000)
    )

    assert str(first) != str(second)
    assert "as at 2026-03-31T23:30:11.200000Z" in str(first)


def test_two_files_of_one_name_are_told_apart() -> None:
    flats = (flat(Decimal(rate), "Green Book STPR") for rate in ("0.035", "0.9"))
    tables = [replace(one, sha256=digit * 64) for one, digit in zip(flats, "ab", strict=True)]

    assert [str(Discounting(table=table)) for table in tables] == [
        "green_book, Green Book STPR (sha256 aaaaaaaaaaaaaaaa)",
        "green_book, Green Book STPR (sha256 bbbbbbbbbbbbbbbb)",
    ]
