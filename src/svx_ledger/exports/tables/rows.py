"""What stands in a row of each table: whole pence, exact decimals, ids, and log positions."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.projections.leverage.figures import Unit
from svx_ledger.projections.leverage.sums import Part
from svx_ledger.projections.leverage.vocabulary import Dimension, Per, Stage, Weight

from .columns import Fine


class LineRow(NamedTuple):
    """One line at one stage, with all that a report can be taken apart by.

    `gross_pence` is what of `quantity` counts (`counted`) × `pounds_per_unit`, and
    `net_pence` that × `k`, each rounded half to even; the sums over a stage are the report's.
    `beyond_pence` is over-delivery, which counts nowhere. `financial_year` is that of the
    procurement's first award, or where the report counts facts by their dates, of the facts.
    """

    stage: Stage
    financial_year: str
    authority_id: str
    authority_force: str
    procurement_id: str
    lot: str
    auction_id: str
    supplier_id: str
    need_id: str
    community_id: str
    police_force: str
    local_authority: str
    theme: str
    measure: str
    unit: str
    proxy_set_id: str
    contract_id: str | None
    pledge_id: str | None
    due_by: date | None
    quantity: Decimal
    counted: Decimal
    pounds_per_unit: Decimal
    k: Fine
    gross_pence: int
    net_pence: int
    beyond_pence: int
    positions: tuple[int, ...]


class FigureRow(NamedTuple):
    """A figure of the whole: which it is, its amount in `unit`, and its full name.

    `figure` is the short name, such as `confirmed.gross.D1`, which rates do not have. Without
    an amount there is a `reason`.
    """

    figure: str | None
    stage: Stage | None
    weight: Weight | None
    per: Per | None
    amount: Decimal | None
    unit: Unit
    name: str
    reason: str | None
    positions: tuple[int, ...]


class PartRow(NamedTuple):
    """A figure of one part: its ratio, or what it adds to the ratio of the whole."""

    dimension: Dimension
    part: Part
    figure: str
    stage: Stage
    weight: Weight
    per: Per | None
    amount: Decimal | None
    unit: Unit
    name: str
    reason: str | None
    positions: tuple[int, ...]


class DenominatorRow(NamedTuple):
    """What is divided by; without `pence` where it is not known."""

    per: Per
    name: str
    pence: int | None
    positions: tuple[int, ...]


class SpendRow(NamedTuple):
    """A record of spend in scope: `exchange`, `administration` or `input`, net of VAT."""

    spend_id: str
    kind: str
    payer_id: str
    procurement_id: str | None
    period_from: date
    period_to: date
    amount_pence: int
    recorded_at: datetime
    positions: tuple[int, ...]


class ProxyRow(NamedTuple):
    """A proxy as lines are valued by it; as it was frozen unless the report restates it."""

    proxy_set_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal
    deadweight: Decimal
    displacement: Decimal
    attribution: Decimal
    k: Fine
    drop_off: Decimal
    years: int
    price_year: int


class RemarkRow(NamedTuple):
    """What is not in the figures (`exclusion`), or is and should be looked at (`flag`)."""

    kind: str
    subject: str
    says: str
    value_pence: int | None
    positions: tuple[int, ...]


class SwingRow(NamedTuple):
    """A figure with one thing changed, at its lower and at its higher end."""

    figure: str
    what: str
    unit: Unit
    low: Decimal | None
    high: Decimal | None
    width: Decimal
    low_name: str
    high_name: str
