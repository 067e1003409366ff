"""The rows of the award register: the award, its rankings, objections and contract."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from .table import Table


class AwardRow(NamedTuple):
    """The award of a lot; what is None has not happened, or is undone by a later ranking.

    `ranked_position` and `approved_position` are those of the ranking and the approval in
    force. An award that came to nothing says why: a `reason`, or the order of a court.
    """

    award_id: str
    procurement_id: str
    lot: str
    authority_id: str
    auction_id: str
    phase: str
    assessed_at: datetime
    position: int
    ranked_position: int
    recommended: str | None = None
    recommended_by: str | None = None
    recommended_at: datetime | None = None
    recommended_position: int | None = None
    supplier_id: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    approved_position: int | None = None
    bid_no: int | None = None
    value_pence: int | None = None
    runner_up_pence: int | None = None
    summaries_sent_on: date | None = None
    notice: str | None = None
    notice_on: date | None = None
    standstill_kind: str | None = None
    standstill_ground: str | None = None
    standstill_first_day: date | None = None
    standstill_last_day: date | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: str | None = None
    order_ref: str | None = None
    approved_on: date | None = None


class AnnouncementRow(NamedTuple):
    """An award notice (UK6), and the standstill that it started; a later one replaces it."""

    award_id: str
    position: int
    reference: str
    published_on: date
    kind: str
    first_day: date
    last_day: date


class RankingRow(NamedTuple):
    """One ranking of the tenders, and why: the last one holds."""

    award_id: str
    position: int
    cause: str
    ranked_at: datetime


class TenderRow(NamedTuple):
    """One tender in the ranking of that position, in points."""

    award_id: str
    position: int
    rank: int
    supplier_id: str
    social_value: Decimal
    price: Decimal
    quality: Decimal
    total: Decimal
    bid_pence: int


class GroundRow(NamedTuple):
    """Why a tender that ranks better was not recommended.

    `position` is the recommendation's: the grounds of one that was replaced stay in the table.
    """

    award_id: str
    position: int
    supplier_id: str
    reason: str


class AwardLineRow(NamedTuple):
    """A line of the bid that the approval of that position named."""

    award_id: str
    position: int
    need_id: str
    measure: str
    unit: str
    quantity: Decimal
    value_pence: int


class WithdrawnRow(NamedTuple):
    """A tender that its supplier stands by no longer."""

    award_id: str
    supplier_id: str
    withdrawn_at: datetime
    reason: str
    recorded_by: str


class RepresentationRow(NamedTuple):
    """An objection of a supplier."""

    award_id: str
    position: int
    supplier_id: str
    received_on: date
    subject: str


class ProceedingsRow(NamedTuple):
    """A claim about the award; it `suspends` the award until it is lifted."""

    award_id: str
    court_ref: str
    commenced_on: date
    notified_on: date
    suspends: bool
    order_ref: str | None = None
    lifted_on: date | None = None


class ContractRow(NamedTuple):
    """The contract of an award; `pledged_pence` as entered, before any variation."""

    award_id: str
    contract_id: str
    entered_at: datetime
    period_from: date
    period_to: date
    contract_value_pence: int
    pledged_pence: int
    position: int
    entered_on: date
    supplier_id: str


class VariationRow(NamedTuple):
    """One line of a variation (UK10)."""

    contract_id: str
    position: int
    need_id: str
    quantity_was: Decimal
    quantity: Decimal
    varied_at: datetime
    approved_by: str
    ground: str
    notice: str | None
    pledged_pence_was: int
    pledged_pence: int
    below_runner_up: bool


class ReductionRow(NamedTuple):
    """A pledge of the contract was released or written off: less is pledged from then on."""

    contract_id: str
    position: int
    pledged_pence: int
    below_runner_up: bool


class EndRow(NamedTuple):
    """The contract was completed or terminated: what was open is owed no longer.

    `notice` is its termination notice (UK11), where it is stated.
    """

    contract_id: str
    phase: Literal["completed", "terminated"]
    ended_on: date
    notice: str | None = None
    reason: str | None = None
    position: int | None = None


AWARD = Table("register_awards", AwardRow, found_by=("authority_id", "supplier_id"))
ANNOUNCEMENT = Table("register_announcements", AnnouncementRow, key=2)
RANKING = Table("register_rankings", RankingRow, key=2)
TENDER = Table("register_tenders", TenderRow, key=3)
GROUND = Table("register_grounds", GroundRow, key=3)
AWARD_LINE = Table("register_lines", AwardLineRow, key=3)
WITHDRAWN = Table("register_withdrawn", WithdrawnRow, key=2)
REPRESENTATION = Table("register_representations", RepresentationRow, key=2)
PROCEEDINGS = Table("register_proceedings", ProceedingsRow, key=2)
CONTRACT = Table("register_contracts", ContractRow, found_by=("contract_id",))
VARIATION = Table("register_variations", VariationRow, key=3)
REDUCTION = Table("register_reductions", ReductionRow, key=2)
END = Table("register_ends", EndRow)
