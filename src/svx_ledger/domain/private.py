"""Private texts: what has to be said about a person, apart from the record, to be erased.

A record is for ever, so it holds only a commitment to such a text: a salted digest, from which
the text cannot be guessed once the salt is gone. Text and salt lie in a table of their own,
from which they are erased; the record, its leaf and every proof of it stay what they were.

Rules never look at a private text. They know which of a stream's texts are kept.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from .form import Code, ContractId, Count, PersonId, Sha256
from .kind import Event

Basis = Literal["retention", "court-order", "data-subject-request", "recorded-in-error"]
"""On what ground a text is erased; `retention`: the time for which it is kept is over."""
Commitments = Annotated[tuple[Sha256, ...], Count(0, 250)]
MOST_CHARACTERS = 2000
"""Of one private text."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Private:
    """A private text as it is given, with its salt; or what the record says of it.

    The salt is 32 random bytes in hexadecimal, chosen by whoever gives the command: it also
    keeps the command's digest, which stays on record, from telling the text. Between the
    decision and the record the write path puts the commitment in place of both.
    """

    text: str | None = None
    salt: str | None = None
    commitment: str | None = None

    def __repr__(self) -> str:
        """Tell nothing of the text: a value is printed in logs and failures."""
        return f"Private({self.commitment or 'not shown'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectErased(Event):
    """Private texts of this stream were erased, with their salts; their records stay.

    Each is named by the commitment that stands in its record. `contract_id` is the contract
    from whose entry the retention of an award's texts was counted.
    """

    commitments: Commitments
    basis: Basis
    reason: Code
    contract_id: ContractId | None = None
    erased_by: PersonId

    def erases(self) -> tuple[str, ...]:
        """Return the commitments of the texts that are to be gone."""
        return self.commitments


def keeping(kept: frozenset[str], given: Private | None) -> frozenset[str]:
    """Return the commitments of the texts that are kept, after one more event of a stream."""
    if given is None or given.commitment is None:
        return kept
    return kept | {given.commitment}


def three_years_after(day: date) -> date:
    """Return the day after the three years that begin with a day."""
    later = day.year + 3
    if (day.month, day.day) == (2, 29):  # no year three after a leap year is one
        return date(later, 3, 1)
    return day.replace(year=later)
