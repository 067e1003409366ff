"""Screens of awards and deliveries: under-delivery, evidence, departures, corrections."""

from collections import defaultdict
from decimal import Decimal
from typing import Final, NamedTuple

from svx_ledger.domain.leverage import counted
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.domain.values import value_pence
from svx_ledger.projections.award_rows import AWARD
from svx_ledger.projections.leverage.delivery import FACT
from svx_ledger.projections.obligations import CLAIM, OBLIGATION, ObligationRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import positions
from .corrected import corrections
from .departures import departures
from .evidence import SharedEvidence, shared_evidence
from .screen import Flag, Screen

DUE_LINES: Final = 3
CONTRACTS: Final = 2
UNDER: Final = Decimal("0.8")
"""Less than four fifths of what was due, by value."""


class _Due(NamedTuple):
    """A pledge that is past its day, or was let go: what was owed, and what arrived of it."""

    pledge: ObligationRow
    owed_pence: int
    arrived_pence: int
    positions: tuple[int, ...]


def _due_by_supplier(view: View) -> dict[str, list[_Due]]:
    """Return the pledges past their day. One that was written off counts as it was before.

    What was released is not owed, by the authority's own word.
    """
    today = uk_date(view.now)
    found: defaultdict[str, list[_Due]] = defaultdict(list)
    for pledge in view.rows.all(OBLIGATION):
        if pledge.due_by < today or pledge.phase == "written-off":
            found[pledge.supplier_id].append(_due(view.rows, pledge))
    return dict(found)


def _due(rows: Rows, pledge: ObligationRow) -> _Due:
    facts = list(rows.select(FACT, pledge.pledge_id))
    awarded = [fact for fact in facts if fact.stage == "awarded"]
    owed = pledge.quantity
    if pledge.phase == "written-off":
        owed -= awarded[-1].quantity  # what the write-off took off is below zero
    confirmed = [fact for fact in facts if fact.stage == "confirmed"]
    arrived = counted(sum((fact.quantity for fact in confirmed), Decimal(0)), owed)
    return _Due(
        pledge=pledge,
        owed_pence=value_pence(owed, pledge.pounds_per_unit),
        arrived_pence=value_pence(arrived, pledge.pounds_per_unit),
        positions=positions(pledge.position, *(f.position for f in (*awarded, *confirmed))),
    )


def _share(due: list[_Due]) -> Decimal | None:
    owed_pence = sum(one.owed_pence for one in due)
    if not owed_pence:
        return None
    return Decimal(sum(one.arrived_pence for one in due)) / owed_pence


def under_delivery(view: View) -> Screen:
    """Flag suppliers of whose due pledges less than four fifths arrived, by value."""
    due = _due_by_supplier(view)
    flags = []
    for supplier, of in sorted(due.items()):
        share = _share(of)
        if len(of) >= DUE_LINES and share is not None and share < UNDER:
            says = f"{share:.1%} of what was due arrived, over {len(of)} pledges"
            flags.append(
                Flag(supplier, says, positions(*(p for one in of for p in one.positions)))
            )
    return Screen(
        "suppliers that deliver less than four fifths of what is due",
        f"{DUE_LINES} due pledges of one supplier",
        DUE_LINES,
        max(map(len, due.values()), default=0),
        tuple(flags),
    )


def repeat_winner(view: View) -> Screen:
    """Flag suppliers that won again after a day by which less than four fifths had arrived.

    Of what had fallen due before the later award was approved, as it stands today.
    """
    due, flags = _due_by_supplier(view), []
    won: defaultdict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for award in view.rows.all(AWARD):
        if award.supplier_id and award.approved_at and award.approved_position:
            day = uk_date(award.approved_at).toordinal()
            won[award.supplier_id].append((award.approved_position, award.award_id, day))
    for supplier, awards in sorted(won.items()):
        for position, award_id, day in sorted(awards)[1:]:
            before = [
                one for one in due.get(supplier, ()) if one.pledge.due_by.toordinal() < day
            ]
            share = _share(before)
            if share is not None and share < UNDER:
                says = f"won {award_id} after {share:.1%} of what was due before had arrived"
                at = positions(position, *(p for one in before for p in one.positions))
                flags.append(Flag(supplier, says, at))
    return Screen(
        "suppliers that win again after delivering too little",
        f"{CONTRACTS} approved awards of one supplier",
        CONTRACTS,
        max(map(len, won.values()), default=0),
        tuple(flags),
    )


def evidence_shared(view: View) -> Screen:
    """Flag evidence that serves several pledges, apportioned or not."""
    serving: defaultdict[str, list[SharedEvidence]] = defaultdict(list)
    for row in shared_evidence(view):
        if row.how != "same-pledge":
            serving[row.evidence_sha256].append(row)
    flags = [_serves(digest, rows) for digest, rows in sorted(serving.items())]
    claims = sum(1 for _ in view.rows.all(CLAIM))
    return Screen("evidence that serves several pledges", "2 claims", 2, claims, tuple(flags))


def _serves(digest: str, rows: list[SharedEvidence]) -> Flag:
    pledges = len({row.pledge_id for row in rows})
    how = "apportioned" if all(row.share is not None for row in rows) else "not apportioned"
    says = f"serves {len(rows)} claims of {pledges} pledges, {how}"
    return Flag(digest, says, positions(*(at for row in rows for at in row.positions)))


def departures_from_rank(view: View) -> Screen:
    """Flag awards that leave the order of their assessment; once approved, for everybody."""
    flags = [
        Flag(
            row.award_id,
            f"{row.recommended} rather than {row.passed_over}, rank {row.rank}: "
            f"{row.ground or 'no ground stated'}",
            row.positions,
        )
        for row in departures(view)
    ]
    approved = sum(award.approved_position is not None for award in view.rows.all(AWARD))
    return Screen(
        "awards that do not go to rank 1", "1 approved award", 1, approved, tuple(flags)
    )


def corrected_records(view: View) -> Screen:
    """Flag records that were corrected, with how often."""
    made: defaultdict[str, list[int]] = defaultdict(list)
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for row in corrections(view):
        made[row.target_id] += row.positions
        fields[row.target_id].add(row.field)
    flags = [
        Flag(record, f"corrected: {', '.join(sorted(fields[record]))}", positions(*at))
        for record, at in sorted(made.items())
    ]
    return Screen(
        "records that were corrected",
        "none: every correction is shown",
        0,
        sum(map(len, fields.values())),
        tuple(flags),
    )
