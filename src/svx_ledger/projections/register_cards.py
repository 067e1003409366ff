"""What the register is searched by: one card for each award, decided here or elsewhere."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from svx_ledger.domain.uk_calendar import uk_date

from .award_rows import AWARD, AWARD_LINE, CONTRACT, END, PROCEEDINGS, AwardRow
from .elsewhere import AwardElsewhere, elsewhere
from .needs import NEED, NeedRow
from .organisations import IDENTIFIER, name_of
from .procurements import AREA, LOT, PROCUREMENT
from .register import contract_of, standstill_runs
from .table import Rows, existing

CHARITY_LISTS: Final = frozenset({"GB-CHC", "GB-SC", "GB-NIC", "casc"})
"""A supplier on one of these registers is a VCSE; whether one is an SME nobody states."""
Standstill = Literal["not-announced", "none", "running", "over", "suspended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What an award is found by.

    `dated` is the UK date of the approval or, until there is one, of the assessment; of a
    decision elsewhere the day of the release that states it. `pence` is the social value that
    binds now, or that is pledged; of a decision elsewhere the value that is published.
    `areas` are the police forces and local authorities of the needs, and the forces that the
    authority buys for. `standstill` is None for a decision elsewhere. What takes long to find
    is found when it is asked for (`worth`, `words`).
    """

    key: str
    position: int
    here: bool
    dated: date | None
    worth: Callable[[], int | None]
    words: Callable[[], str]
    state: str
    authority: str | None = None
    supplier: str | None = None
    vcse: bool | None = None
    areas: frozenset[str] = frozenset()
    communities: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    standstill: Standstill | None = None
    published: AwardElsewhere | None = None

    @property
    def pence(self) -> int | None:
        """What it is worth, if anything is stated."""
        return self.worth()

    @property
    def text(self) -> str:
        """Return all that is read in it, to be compared with `folded_text`."""
        return folded_text(self.words())


def folded_text(said: str) -> str:
    """Return text as it is compared: composed (NFC), without capitals, one space between words.

    Folding can decompose, so the text is composed once more after it.
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", said).casefold())
    return " ".join(plain.split())


def cards(rows: Rows, today: date) -> Iterator[Card]:
    """Yield every award, those of the exchange first, each in the order of the log."""
    for award in sorted(rows.all(AWARD), key=lambda row: row.position):
        yield _card(rows, award, today)
    for published in elsewhere(rows):
        yield _card_elsewhere(published)


def _card(rows: Rows, award: AwardRow, today: date) -> Card:
    """Return the card of an award; a recommendation that may be hidden is not on it."""
    procurement = existing(rows, PROCUREMENT, award.procurement_id)
    lot = existing(rows, LOT, award.procurement_id, award.lot)
    lines = [
        (line, existing(rows, NEED, line.need_id))
        for line in rows.select(AWARD_LINE, award.award_id)
        if line.position == award.approved_position
    ]
    needs = [need for _, need in lines]
    communities = frozenset(need.community_id for need in needs)
    supplier = award.supplier_id
    named = [award.authority_id, *sorted(communities), *([supplier] if supplier else [])]
    entered = rows.get(CONTRACT, award.award_id)
    end = rows.get(END, entered.contract_id) if entered else None
    phase = "assessed" if award.phase == "recommended" else award.phase
    said = (award.award_id, procurement.title, procurement.ocid, lot.title)

    def words() -> str:
        return " ".join((*said, *(name_of(rows, who) for who in named)))

    def worth() -> int | None:
        return contract_of(rows, entered).pledged_pence if entered else award.value_pence

    return Card(
        key=award.award_id,
        position=award.position,
        here=True,
        dated=award.approved_on or uk_date(award.approved_at or award.assessed_at),
        worth=worth,
        words=words,
        state=f"contract-{end.phase}" if end else phase,
        authority=award.authority_id,
        supplier=supplier,
        vcse=_vcse(rows, supplier) if supplier else None,
        areas=_areas(rows, award, needs),
        communities=communities,
        measures=frozenset(line.measure for line, _ in lines),
        themes=frozenset(need.theme for need in needs),
        standstill=standstill_of(rows, award, today),
    )


def _areas(rows: Rows, award: AwardRow, needs: list[NeedRow]) -> frozenset[str]:
    bought_for = {row.area for row in rows.select(AREA, award.procurement_id)}
    return frozenset(bought_for.union(*((n.police_force, n.local_authority) for n in needs)))


def _vcse(rows: Rows, supplier_id: str) -> bool | None:
    """Whether a supplier is on a charity register; None where it states no such identifier."""
    schemes = {row.scheme for row in rows.select(IDENTIFIER, supplier_id)}
    return True if schemes & CHARITY_LISTS else None


def standstill_of(rows: Rows, award: AwardRow, today: date) -> Standstill:
    """Return how far the standstill of an award is on this UK date."""
    suspending = (
        row.suspends and row.lifted_on is None
        for row in rows.select(PROCEEDINGS, award.award_id)
    )
    if any(suspending):
        return "suspended"
    runs = standstill_runs(award, today)
    if runs is None:
        return "not-announced"
    if award.standstill_kind == "none":
        return "none"
    return "running" if runs else "over"


def _card_elsewhere(award: AwardElsewhere) -> Card:
    named = [f"{who.name or ''} {who.scheme or ''} {who.id or ''}" for who in award.suppliers]
    said = (award.award_id, award.ocid, award.procurement, award.title, award.buyer)
    return Card(
        key=f"{award.procurement_id}/{award.award_id}",
        position=award.position,
        here=False,
        dated=uk_date(award.released_at) if award.released_at else None,
        worth=lambda: award.value_pence,
        words=lambda: " ".join((*(word or "" for word in said), *named)),
        state="decided-elsewhere",
        published=award,
    )
