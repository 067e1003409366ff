"""How contracts run, as rows: invoices, indicators, ratings, defaults, shared evidence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from svx_ledger.domain.contract.running import (
    ContractInvoiceRecorded,
    EvidenceApportioned,
    EvidenceShare,
    KpiSet,
    PerformanceRated,
)
from svx_ledger.projections.running import (
    DEFAULT,
    EVIDENCE_SHARE,
    INVOICE,
    KPI,
    KPI_PLEDGE,
    RATING,
    REMEDY,
    RUNNING,
    DefaultRow,
    EvidenceShareRow,
    InvoiceRow,
    KpiPledgeRow,
    KpiRow,
    RatingRow,
    RemedyRow,
)

from .test_obligations import CONTRACT, DEFAULTED, JUNE, PLEDGE, REMEDIED, minute
from .told import tables_after


def test_defaults_and_remedies_are_each_kept() -> None:
    again = replace(DEFAULTED, reason="Nothing again")
    told = ((PLEDGE, DEFAULTED), (PLEDGE, REMEDIED), (PLEDGE, again))
    tables = tables_after(RUNNING, *told)

    first = DefaultRow(
        pledge_id=PLEDGE,
        position=1,
        reason="Nothing came",
        as_of=JUNE,
        due_by=date(2026, 6, 1),
        quantity_open=Decimal(7),
        value_pence=210_000,
        recorded_by="person-manager",
        recorded_at=minute(1),
    )
    second = first._replace(position=3, reason="Nothing again", recorded_at=minute(3))
    assert list(tables.select(DEFAULT, PLEDGE)) == [first, second]
    assert list(tables.select(REMEDY, PLEDGE)) == [
        RemedyRow(
            pledge_id=PLEDGE,
            position=2,
            due_by_was=date(2026, 6, 1),
            due_by=date(2026, 9, 1),
            plan="In September",
            recorded_by="person-manager",
            recorded_at=minute(2),
        )
    ]


def test_an_invoice_is_kept_with_the_spend_so_far() -> None:
    invoiced = ContractInvoiceRecorded(
        contract_id=CONTRACT,
        invoice="INV-1",
        period_from=date(2026, 4, 1),
        period_to=JUNE,
        amount_pence=200,
        spend_pence_was=100,
        spend_pence=300,
        recorded_by="person-manager",
    )
    assert list(tables_after(RUNNING, (CONTRACT, invoiced)).select(INVOICE, CONTRACT)) == [
        InvoiceRow(
            contract_id=CONTRACT,
            position=1,
            invoice="INV-1",
            period_from=date(2026, 4, 1),
            period_to=JUNE,
            amount_pence=200,
            spend_pence=300,
            recorded_by="person-manager",
            recorded_at=minute(1),
        )
    ]


def test_an_indicator_takes_the_place_of_the_one_with_its_code() -> None:
    first = KpiSet(kpi="K1", title="T", goal="G", set_by="person-x", pledges=(PLEDGE,))
    second = replace(first, goal="H", pledges=None)
    tables = tables_after(RUNNING, (CONTRACT, first), (CONTRACT, second))

    assert list(tables.all(KPI)) == [KpiRow(CONTRACT, "K1", "T", "H", "person-x", minute(2), 2)]
    assert list(tables.all(KPI_PLEDGE)) == [KpiPledgeRow(CONTRACT, "K1", 1, PLEDGE)]


def test_every_rating_is_kept_with_its_notice() -> None:
    rated = PerformanceRated(
        kpi="K1",
        period_from=date(2026, 4, 1),
        period_to=JUNE,
        rating="good",
        rated_by="person-x",
        notice="UK9-1",
        reason="On time",
    )
    assert list(tables_after(RUNNING, (CONTRACT, rated)).all(RATING)) == [
        RatingRow(
            contract_id=CONTRACT,
            position=1,
            kpi="K1",
            period_from=date(2026, 4, 1),
            period_to=JUNE,
            rating="good",
            reason="On time",
            notice="UK9-1",
            rated_by="person-x",
            rated_at=minute(1),
        )
    ]


def test_shared_evidence_has_a_share_for_each_pledge() -> None:
    parts = (
        EvidenceShare(pledge_id=PLEDGE, share=Decimal("0.25")),
        EvidenceShare(pledge_id="pledge-p002", share=Decimal("0.75")),
    )
    shared = EvidenceApportioned(
        evidence_sha256="b" * 64, shares=parts, apportioned_by="person-x"
    )
    by = (CONTRACT, "person-x", 1)

    assert list(tables_after(RUNNING, (CONTRACT, shared)).all(EVIDENCE_SHARE)) == [
        EvidenceShareRow("b" * 64, PLEDGE, Decimal("0.25"), *by),
        EvidenceShareRow("b" * 64, "pledge-p002", Decimal("0.75"), *by),
    ]
