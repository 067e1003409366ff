"""Procurement that was decided elsewhere, as its publishers state it: beside the register.

Never an award of the exchange and in no leverage figure. An award that was stated several
times is one award, as the latest release has it; `statements` keeps them all.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from svx_ledger.domain.observation.events import (
    NoticeRecorded,
    ProcurementObserved,
    PublishedAwardRecorded,
)
from svx_ledger.domain.observation.merging import Statement, Sums, latest, sums
from svx_ledger.domain.observation.stated import StatedParty
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Rows, Table, existing


class ObservedRow(NamedTuple):
    """A procurement elsewhere, as the release that was read first has it."""

    procurement_id: str
    ocid: str
    title: str | None
    buyer: str | None


class NoticeRow(NamedTuple):
    """A release about it, at its log position."""

    procurement_id: str
    position: int
    release_id: str | None
    released: str | None
    released_at: datetime | None
    tags: str
    title: str | None
    status: str | None
    amount: Decimal | None
    currency: str | None
    file: str
    pointer: str
    release_sha256: str


class PublishedAwardRow(NamedTuple):
    """What one release states of one award, at its log position."""

    procurement_id: str
    position: int
    award_id: str
    release_id: str | None
    released_at: datetime | None
    title: str | None
    status: str | None
    dated: str | None
    amount: Decimal | None
    currency: str | None
    pence: int | None
    file: str
    pointer: str
    release_sha256: str
    released_on: date | None = None


class PublishedSupplierRow(NamedTuple):
    """A supplier as that statement names it."""

    procurement_id: str
    position: int
    number: int
    name: str | None
    scheme: str | None
    id: str | None


OBSERVED = Table("elsewhere_procurements", ObservedRow)
NOTICE = Table("elsewhere_notices", NoticeRow, key=2)
PUBLISHED_AWARD = Table("elsewhere_awards", PublishedAwardRow, key=2)
PUBLISHED_SUPPLIER = Table("elsewhere_suppliers", PublishedSupplierRow, key=3)
ELSEWHERE = Projection("elsewhere", OBSERVED, NOTICE, PUBLISHED_AWARD, PUBLISHED_SUPPLIER)
project = ELSEWHERE.project


@ELSEWHERE.on(ProcurementObserved)
def _observed(at: Envelope, event: ProcurementObserved) -> Changes:
    title = event.title.text if event.title else None
    yield OBSERVED.put(ObservedRow(at.stream, event.ocid, title, _name(event.buyer)))


@ELSEWHERE.on(NoticeRecorded)
def _notice(at: Envelope, event: NoticeRecorded) -> Changes:
    notice = NoticeRow(
        procurement_id=at.stream,
        position=at.position,
        release_id=event.release_id,
        released=event.dated.text if event.dated else None,
        released_at=event.dated.at if event.dated else None,
        tags=", ".join(event.tags),
        title=event.title.text if event.title else None,
        status=event.status,
        amount=event.value.amount if event.value else None,
        currency=event.value.currency if event.value else None,
        file=event.source.file,
        pointer=event.source.pointer,
        release_sha256=event.source.release_sha256,
    )
    yield NOTICE.put(notice)


@ELSEWHERE.on(PublishedAwardRecorded)
def _award(at: Envelope, event: PublishedAwardRecorded) -> Changes:
    award = PublishedAwardRow(
        procurement_id=at.stream,
        position=at.position,
        award_id=event.award_id,
        release_id=event.release_id,
        released_at=event.released.at if event.released else None,
        title=event.title.text if event.title else None,
        status=event.status,
        dated=event.dated.text if event.dated else None,
        amount=event.value.amount if event.value else None,
        currency=event.value.currency if event.value else None,
        pence=event.value.pence if event.value else None,
        file=event.source.file,
        pointer=event.source.pointer,
        release_sha256=event.source.release_sha256,
        released_on=event.released.on if event.released else None,
    )
    yield PUBLISHED_AWARD.put(award)
    for number, supplier in enumerate(event.suppliers, start=1):
        name = supplier.name.text if supplier.name else None
        yield PUBLISHED_SUPPLIER.put(
            PublishedSupplierRow(
                at.stream, at.position, number, name, supplier.scheme, supplier.id
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardElsewhere:
    """An award as the latest release states it; `statements` counts the releases that do.

    `value_pence` is None where no value in whole pence of pounds is stated.
    """

    decided: Literal["elsewhere"] = "elsewhere"
    procurement_id: str
    ocid: str
    award_id: str
    procurement: str | None
    buyer: str | None
    title: str | None
    suppliers: tuple[PublishedSupplierRow, ...]
    amount: Decimal | None
    currency: str | None
    value_pence: int | None
    status: str | None
    dated: str | None
    released_at: datetime | None
    statements: int
    position: int
    source: str


def elsewhere(rows: Rows) -> tuple[AwardElsewhere, ...]:
    """Return every published award once, as last released, in the order of the log."""
    every = [(row, _statement(rows, row)) for row in rows.all(PUBLISHED_AWARD)]
    counted: dict[tuple[str, str], int] = {}
    for _, said in every:
        counted[said.ocid, said.award_id] = counted.get((said.ocid, said.award_id), 0) + 1
    last = {said.order for said in latest(said for _, said in every).values()}
    found = [
        _shown(rows, row, counted[said.ocid, said.award_id])
        for row, said in every
        if said.order in last
    ]
    return tuple(sorted(found, key=lambda award: award.position))


def totals(rows: Rows) -> Sums:
    """Return the figures both ways: over all statements, and merged."""
    return sums(_statement(rows, row) for row in rows.all(PUBLISHED_AWARD))


def _statement(rows: Rows, row: PublishedAwardRow) -> Statement:
    return Statement(
        ocid=existing(rows, OBSERVED, row.procurement_id).ocid,
        award_id=row.award_id,
        released_at=row.released_at,
        order=row.position,
        pence=row.pence,
        valued=row.amount is not None,
        released_on=row.released_on,
    )


def _shown(rows: Rows, row: PublishedAwardRow, statements: int) -> AwardElsewhere:
    observed = existing(rows, OBSERVED, row.procurement_id)
    return AwardElsewhere(
        procurement_id=row.procurement_id,
        ocid=observed.ocid,
        award_id=row.award_id,
        procurement=observed.title,
        buyer=observed.buyer,
        title=row.title,
        suppliers=tuple(
            supplier
            for supplier in rows.select(PUBLISHED_SUPPLIER, row.procurement_id)
            if supplier.position == row.position
        ),
        amount=row.amount,
        currency=row.currency,
        value_pence=row.pence,
        status=row.status,
        dated=row.dated,
        released_at=row.released_at,
        statements=statements,
        position=row.position,
        source=f"{row.file} {row.pointer}",
    )


def _name(party: StatedParty | None) -> str | None:
    """Return what an organisation is called, by its identifier where no name is stated."""
    if party is None:
        return None
    return party.name.text if party.name else f"{party.scheme or 'no scheme'} {party.id}"
