"""What an evaluator asks: every line with its stages, how value falls off, what is left out."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.uk_calendar import financial_year
from svx_ledger.projections.leverage.cut import cut_now
from svx_ledger.projections.leverage.exclusions import Remark
from svx_ledger.projections.leverage.lines import Line, lines
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope, first_awards
from svx_ledger.projections.leverage.vocabulary import NOT_AWARDED, STAGES, Stage
from svx_ledger.projections.view import View

from .asking import positions


class LedgerLine(NamedTuple):
    """One line through its stages: quantities as stated, values of what counts, gross.

    None where the line has not reached a stage. `beyond_pence` is confirmed beyond what is
    owed, `disputed_pence` claimed and not resolved: neither is in any stage's value. Net values
    are after deadweight, displacement and attribution, whose product is `k`.
    """

    procurement_id: str
    lot: str
    auction_id: str
    supplier_id: str
    need_id: str
    pledge_id: str | None
    community_id: str | None
    measure: str
    unit: str
    pounds_per_unit: Decimal
    k: Decimal
    offered: Decimal | None
    offered_pence: int
    offered_net_pence: int
    pledged: Decimal | None
    pledged_pence: int
    pledged_net_pence: int
    awarded: Decimal | None
    awarded_pence: int
    awarded_net_pence: int
    claimed: Decimal | None
    claimed_pence: int
    claimed_net_pence: int
    confirmed: Decimal | None
    confirmed_pence: int
    confirmed_net_pence: int
    beyond_pence: int
    disputed_pence: int
    positions: tuple[int, ...]


def line_ledger(
    view: View, viewer: Actor | None = None, *, procurement: str | None = None
) -> tuple[LedgerLine, ...]:
    """Return every line with its stages; they sum to the leverage report to the penny.

    Bids are in it from the ranking on, for everybody alike; voided and cancelled auctions
    contribute none.
    """
    del viewer
    kept = lines(view.rows, cut_now(view))
    return tuple(_ledger_line(x) for x in kept if procurement in (None, x.procurement_id))


def _ledger_line(line: Line) -> LedgerLine:
    reached: dict[str, Decimal | int | None] = {}
    for stage in STAGES:
        at = line.stages.get(stage)
        reached[stage] = at.quantity if at else None
        reached[f"{stage}_pence"] = line.pence(stage, "gross")
        reached[f"{stage}_net_pence"] = line.pence(stage, "net")
    confirmed = line.stages.get("confirmed")
    return LedgerLine(
        procurement_id=line.procurement_id,
        lot=line.lot,
        auction_id=line.auction_id,
        supplier_id=line.supplier_id,
        need_id=line.need_id,
        pledge_id=line.pledge.pledge_id if line.pledge else None,
        community_id=line.pledge.community_id if line.pledge else None,
        measure=line.measure,
        unit=line.price.unit,
        pounds_per_unit=line.price.pounds_per_unit,
        k=line.price.k,
        **reached,  # type: ignore[arg-type]  # three columns of each stage
        beyond_pence=confirmed.beyond_pence if confirmed else 0,
        disputed_pence=line.pence("disputed", "gross"),
        positions=positions(*line.positions(*STAGES, "disputed")),
    )


class Fall(NamedTuple):
    """What a cohort came to at one stage, and what share that is of the stage before it.

    `cohort` is the financial year (1 April to 31 March) in which the procurement's first award
    in force was approved, such as 2025/26, or `not awarded`. Shares are of gross values,
    rounded half to even at the ten-thousandth.
    """

    cohort: str
    stage: Stage
    procurements: int
    lines: int
    gross_pence: int
    net_pence: int
    of_stage_before: Decimal | None
    positions: tuple[int, ...]


def waterfall(view: View, viewer: Actor | None = None) -> tuple[Fall, ...]:
    """Return how much of each cohort is left from stage to stage; the oldest cohort first.

    The cohorts sum to the leverage report of the portfolio.
    """
    del viewer
    cut = cut_now(view)
    cohorts = {of: financial_year(day) for of, day in first_awards(view.rows, cut).items()}
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines(view.rows, cut):
        found[cohorts.get(line.procurement_id, NOT_AWARDED)].append(line)
    return tuple(fall for cohort in sorted(found) for fall in _falls(cohort, found[cohort]))


def _falls(cohort: str, of: list[Line]) -> list[Fall]:
    falls: list[Fall] = []
    for stage in STAGES:
        gross_pence = sum(line.pence(stage, "gross") for line in of)
        before_pence = falls[-1].gross_pence if falls else 0
        share = Decimal(gross_pence) / before_pence if before_pence else None
        reached = [line for line in of if stage in line.stages]
        fall = Fall(
            cohort=cohort,
            stage=stage,
            procurements=len({line.procurement_id for line in reached}),
            lines=len(reached),
            gross_pence=gross_pence,
            net_pence=sum(line.pence(stage, "net") for line in of),
            of_stage_before=share.quantize(Decimal("0.0001")) if share is not None else None,
            positions=positions(*(p for x in reached for p in x.stages[stage].positions)),
        )
        falls.append(fall)
    return falls


class Excluded(NamedTuple):
    """What is not in the figures, and why; or, a `flag`, what is in and should be looked at.

    `value_pence` is None where nothing may be told of it, or nothing is to be valued.
    """

    kind: str
    subject: str
    says: str
    value_pence: int | None
    positions: tuple[int, ...]


def exclusions(
    view: View, viewer: Actor | None = None, *, procurement: str | None = None
) -> tuple[Excluded, ...]:
    """Return what the leverage report leaves out, with the reason, and what it flags."""
    del viewer
    report = leverage_report(
        view.rows,
        as_at=view.now,
        known_at=view.position,
        scope=Scope(procurement_id=procurement),
    )
    return (
        *(_excluded("exclusion", remark) for remark in report.exclusions),
        *(_excluded("flag", remark) for remark in report.flags),
    )


def _excluded(kind: str, remark: Remark) -> Excluded:
    at = positions(*remark.positions)
    return Excluded(kind, remark.subject, remark.says, remark.value_pence, at)
