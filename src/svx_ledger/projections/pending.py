"""What waits for a second person: requests that can still be answered and nobody has."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import AuctionConcluded, AuctionNeedRemoved, LotReleased
from svx_ledger.domain.auction.events import (
    AssessmentDisclosed,
    AuctionClosed,
    AuctionNeedAdded,
    BidsRanked,
)
from svx_ledger.eventlog.types import stored_name

from .auction_rows import AUCTION
from .award_rows import AWARD, END
from .corrections import CORRECTION
from .obligations import OBLIGATION
from .second_person import ANSWER, REQUEST, RequestRow
from .table import Rows
from .trail_rows import TrailRows
from .visibility import entry_shown, recommendation_shown_to

_ENDED: Final = frozenset({"cancelled", "unsuccessful", "voided"})
_LAPSES: Final = {
    act: frozenset(map(stored_name, events))
    for act, events in {
        "freeze": (AuctionNeedAdded, AuctionNeedRemoved),
        "void": (AuctionClosed, BidsRanked, AssessmentDisclosed),
        "exclude": (AuctionConcluded, LotReleased),
    }.items()
}
"""After these events on its stream nobody can answer a request any more."""


class Pending(NamedTuple):
    """Somebody asked for an act on a stream, which takes effect once a second person agrees.

    `about` is whom or what the act is about, where that is not the stream alone.
    """

    stream: str
    act: str
    about: str | None
    requested_at: datetime
    requested_by: str
    organisation_id: str | None
    request_no: int | None
    reason: str | None
    position: int


def pending(
    rows: Rows, viewer: Actor | None = None, *, organisation: str | None = None
) -> tuple[Pending, ...]:
    """Return what waits as far as the viewer may know of it, the earliest request first.

    With `organisation`, what people of that organisation asked for.
    """
    found = (*_requests(rows), *_recommendations(rows, viewer), *_corrections(rows))
    return tuple(
        sorted(
            (
                one
                for one in found
                if organisation in (None, one.organisation_id)
                and _shown(rows, one.position, viewer)
            ),
            key=lambda one: one.position,
        )
    )


def _shown(rows: Rows, position: int, viewer: Actor | None) -> bool:
    """Whether the viewer may see the event at a position."""
    entry = TrailRows(rows).at(position)
    return entry is not None and entry_shown(entry, rows, viewer)


def _requests(rows: Rows) -> Iterator[Pending]:
    for asked in rows.all(REQUEST):
        answer = rows.get(ANSWER, asked.stream, asked.act, asked.about)
        open_still = answer is None or answer.position < asked.position
        if open_still and _answerable(rows, asked) and not _lapsed(rows, asked):
            yield Pending(
                stream=asked.stream,
                act=asked.act,
                about=asked.about or None,
                requested_at=asked.requested_at,
                requested_by=asked.requested_by,
                organisation_id=asked.organisation_id,
                request_no=asked.request_no,
                reason=asked.reason,
                position=asked.position,
            )


def _answerable(rows: Rows, asked: RequestRow) -> bool:
    """Whether what was asked for can still be done, by what the thing has come to since."""
    auction = rows.get(AUCTION, asked.stream)
    match asked.act:
        case "freeze":
            return auction is not None and auction.phase == "drafted"
        case "resume":
            return auction is not None and auction.phase == "paused"
        case "void" | "exclude":
            return auction is not None and auction.phase not in _ENDED
        case "vary":
            return rows.get(END, asked.stream) is None
        case "write-off":
            pledge = rows.get(OBLIGATION, asked.stream)
            return pledge is not None and pledge.ended_on is None


def _lapsed(rows: Rows, asked: RequestRow) -> bool:
    """Whether something happened since after which the rules answer the request no more."""
    lapses = _LAPSES.get(asked.act)
    return lapses is not None and any(
        row.position > asked.position and row.type in lapses
        for row in TrailRows(rows).of_stream(asked.stream)
    )


def _recommendations(rows: Rows, viewer: Actor | None) -> Iterator[Pending]:
    for award in rows.all(AWARD):
        if (
            award.phase == "recommended"
            and award.recommended_at
            and award.recommended_by
            and award.recommended_position
            and recommendation_shown_to(rows, award.award_id, viewer)
        ):
            yield Pending(
                stream=award.award_id,
                act="award",
                about=award.recommended,
                requested_at=award.recommended_at,
                requested_by=award.recommended_by,
                organisation_id=award.authority_id,
                request_no=None,
                reason=None,
                position=award.recommended_position,
            )


def _corrections(rows: Rows) -> Iterator[Pending]:
    for asked in rows.all(CORRECTION):
        if asked.approved_at is None:
            yield Pending(
                stream=asked.correction_id,
                act="correct",
                about=asked.target_id,
                requested_at=asked.requested_at,
                requested_by=asked.requested_by,
                organisation_id=asked.organisation_id,
                request_no=None,
                reason=asked.reason,
                position=asked.position,
            )
