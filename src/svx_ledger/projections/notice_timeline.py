"""The notices of an award, and what was corrected of what it rests on, by log position."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from svx_ledger.domain.uk_calendar import uk_date

from .award_rows import (
    ANNOUNCEMENT,
    AWARD,
    AWARD_LINE,
    CONTRACT,
    END,
    VARIATION,
    AwardRow,
    ContractRow,
)
from .corrections import CORRECTED, CorrectedRow
from .needs import NEED
from .procurements import NOTICE, PROCUREMENT
from .running import RATING
from .table import Rows, existing


class PublishedNotice(NamedTuple):
    """A notice by its number in the Act's series (UK1 to UK17), with its reference.

    `dated` is the day of publication as it is stated, or for a notice that is stated with
    another act (UK9 to UK12) the UK date of that act. `stream` is where it is recorded, at
    `position`. A contract award notice is `replaced` by a later one.
    """

    position: int
    notice: str
    reference: str
    dated: date | None
    stream: str
    lot: str | None = None
    replaced: bool = False


def notice_timeline(rows: Rows, award_id: str) -> tuple[PublishedNotice, ...]:
    """Return every notice on record of an award's lot, the earliest record first."""
    award = rows.get(AWARD, award_id)
    if award is None:
        return ()
    contract = rows.get(CONTRACT, award_id)
    found = [*_of_procurement(rows, award), *_of_award(rows, award)]
    if contract is not None:
        found += _of_contract(rows, contract)
    return tuple(sorted(found))


def _of_procurement(rows: Rows, award: AwardRow) -> Iterator[PublishedNotice]:
    procurement = existing(rows, PROCUREMENT, award.procurement_id)
    stream = procurement.procurement_id
    if procurement.notice is not None and procurement.notice_position is not None:
        at, published_on = procurement.notice_position, procurement.notice_on
        yield PublishedNotice(at, "UK4", procurement.notice, published_on, stream)
    for row in rows.select(NOTICE, stream):
        if row.lot in (None, award.lot):
            dated = (row.reference, row.published_on)
            yield PublishedNotice(row.position, row.notice, *dated, stream, row.lot)
    if procurement.termination is not None and procurement.ended_position is not None:
        at, ended_on = procurement.ended_position, procurement.ended_on
        yield PublishedNotice(at, "UK12", procurement.termination, ended_on, stream)


def _of_award(rows: Rows, award: AwardRow) -> Iterator[PublishedNotice]:
    announced = list(rows.select(ANNOUNCEMENT, award.award_id))
    for row in announced:
        yield PublishedNotice(
            position=row.position,
            notice="UK6",
            reference=row.reference,
            dated=row.published_on,
            stream=award.award_id,
            lot=award.lot,
            replaced=row is not announced[-1],
        )


def _of_contract(rows: Rows, contract: ContractRow) -> Iterator[PublishedNotice]:
    stream = contract.contract_id
    for rating in rows.select(RATING, stream):
        if rating.notice is not None:
            dated = (rating.notice, uk_date(rating.rated_at))
            yield PublishedNotice(rating.position, "UK9", *dated, stream)
    varied = {row.position: row for row in rows.select(VARIATION, stream)}
    for row in varied.values():
        if row.notice is not None:
            dated = (row.notice, uk_date(row.varied_at))
            yield PublishedNotice(row.position, "UK10", *dated, stream)
    end = rows.get(END, stream)
    if end is not None and end.notice is not None and end.position is not None:
        yield PublishedNotice(end.position, "UK11", end.notice, end.ended_on, stream)


def corrections_of(rows: Rows, award_id: str) -> tuple[CorrectedRow, ...]:
    """Return what was corrected of what an award rests on, old and new, the earliest first.

    Of its procurement, of the needs that its lines answer and their projects, and of the
    organisations that it names. An auction, an award or a contract is never corrected.
    """
    award = rows.get(AWARD, award_id)
    if award is None:
        return ()
    streams = {award.procurement_id, award.authority_id, award.supplier_id}
    for line in rows.select(AWARD_LINE, award_id):
        if line.position == award.approved_position:
            need = existing(rows, NEED, line.need_id)
            streams |= {need.need_id, need.project_id, need.community_id}
    found = (row for stream in streams if stream for row in rows.select(CORRECTED, stream))
    return tuple(sorted(found, key=lambda row: row.position))
