"""What is asked of the facts of a copy: up to where, which of them, and by what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from svx_ledger.projections.leverage.dimensions import CODES
from svx_ledger.projections.leverage.vocabulary import NOT_AWARDED, Dimension, Stage

_YEAR: Final = "year(recorded_on - INTERVAL 3 MONTH)"  # from 1 April
COLUMNS: Final[Mapping[Dimension, tuple[str, ...]]] = {
    "authority": ("authority_id",),
    "force": ("police_force",),
    "authority-force": ("authority_force",),
    "local-authority": ("local_authority",),
    "supplier": ("supplier_id",),
    "community": ("community_id",),
    "measure": ("measure",),
    "theme": ("theme_scheme", "theme"),
    "procurement": ("procurement_id",),
}
"""The columns of a fact that tell its part; a year follows from its date or procurement."""
_OF_FACT: Final = f"{_YEAR} || '/' || lpad((({_YEAR} + 1) % 100)::VARCHAR, 2, '0')"
_OF_COHORT: Final = f"coalesce(year, '{NOT_AWARDED}')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which facts count; all of them unless narrowed.

    `procurements` are those in scope. `first_day` and `last_day` are the UK dates, both
    included, between which facts are recorded (the basis `period`).
    """

    procurements: Collection[str] | None = None
    first_day: date | None = None
    last_day: date | None = None

    def has(self, procurement_id: str, recorded_on: date) -> bool:
        """Whether a fact counts."""
        inside = self.procurements is None or procurement_id in self.procurements
        first, last = self.first_day or date.min, self.last_day or date.max
        return inside and first <= recorded_on <= last


EVERYTHING: Final = Chosen()


class Question(NamedTuple):
    """Which facts are asked for, and by what."""

    until: int
    by: Dimension
    chosen: Chosen
    years: Mapping[str, str] | None
    stage: Stage | None = None

    @property
    def part(self) -> str:
        """The expression for the part of a fact."""
        if self.by != "year":
            return f" || '{CODES}' || ".join(COLUMNS[self.by])
        return _OF_FACT if self.years is None else _OF_COHORT

    @property
    def where(self) -> tuple[str, list[Any]]:
        """The condition, and the values in it."""
        chosen = self.chosen
        conditions: list[tuple[str, Any]] = [("position <= ?", self.until)]
        if self.stage is not None:
            conditions.append(("stage = ?", self.stage))
        if chosen.procurements is not None:
            inside = "procurement_id IN (SELECT unnest(?))"
            conditions.append((inside, sorted(chosen.procurements)))
        if chosen.first_day is not None:
            conditions.append(("recorded_on >= ?", chosen.first_day))
        if chosen.last_day is not None:
            conditions.append(("recorded_on <= ?", chosen.last_day))
        return " AND ".join(text for text, _ in conditions), [value for _, value in conditions]
