"""One award as its page shows it: with its notices, corrections, and how long it is kept."""

from dataclasses import dataclass

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.uk_calendar import uk_date

from .corrections import CorrectedRow
from .notice_timeline import PublishedNotice, corrections_of, notice_timeline
from .register import RegisteredAward, registered
from .register_cards import Standstill, standstill_of
from .retention import Retention, retention
from .view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardPage:
    """An award, the state of its standstill, and what was published and corrected of it."""

    award: RegisteredAward
    standstill: Standstill
    notices: tuple[PublishedNotice, ...]
    corrections: tuple[CorrectedRow, ...]
    retention: Retention | None


def award_page(view: View, award_id: str, viewer: Actor | None = None) -> AwardPage | None:
    """Return an award as this viewer may see it; None where there is none of that name."""
    found = registered(view.rows, award_id, viewer)
    if found is None:
        return None
    return AwardPage(
        award=found,
        standstill=standstill_of(view.rows, found.award, uk_date(view.now)),
        notices=notice_timeline(view.rows, award_id),
        corrections=corrections_of(view.rows, award_id),
        retention=retention(view.rows, award_id),
    )
