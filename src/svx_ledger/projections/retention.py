"""Until when the private texts of an award and of what follows from it are kept.

The rule is that of `domain.erasing`: three years from the day on which the contract was
entered, or from the day of the award where none was (Procurement Act 2023, section 98).
"""

from datetime import date
from typing import Literal, NamedTuple

from svx_ledger.domain.private import three_years_after

from .award_rows import AWARD, CONTRACT
from .table import Rows


class Retention(NamedTuple):
    """Kept `since` a day and until the day before `over_on`, from which on it may be erased.

    `counted_from` says whether the contract or the award began it.
    """

    award_id: str
    counted_from: Literal["contract", "award"]
    since: date
    over_on: date

    def over(self, today: date) -> bool:
        """Whether the time is over on this UK date."""
        return today >= self.over_on


def retention(rows: Rows, award_id: str) -> Retention | None:
    """Return until when records of an award are kept; None where that has not begun."""
    award, contract = rows.get(AWARD, award_id), rows.get(CONTRACT, award_id)
    if contract is not None:
        entered_on = contract.entered_on
        return Retention(award_id, "contract", entered_on, three_years_after(entered_on))
    since = award and (award.approved_on or award.notice_on)
    return Retention(award_id, "award", since, three_years_after(since)) if since else None
