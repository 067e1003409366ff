"""What an evaluator asks of deliveries: what nobody confirms, evidence that serves twice."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.obligations import CLAIM, OBLIGATION, ClaimRow
from svx_ledger.projections.running import EVIDENCE_SHARE
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.view import View

from .asking import BadQuestion, positions


class Unconfirmed(NamedTuple):
    """A claim that nobody decided; `days` are UK dates since it was claimed."""

    pledge_id: str
    claim_no: int
    supplier_id: str
    community_id: str
    measure: str
    unit: str
    quantity: Decimal
    value_pence: int
    claimed_at: datetime
    days: int
    state: str
    positions: tuple[int, ...]


def unconfirmed(
    view: View,
    viewer: Actor | None = None,
    *,
    days: int = 28,
    community: str | None = None,
) -> tuple[Unconfirmed, ...]:
    """Return claims older than so many days that nobody decided; the oldest first.

    Disputed ones that nobody resolved are among them. Deliveries are public: everybody may
    ask. Raises BadQuestion for less than no days.
    """
    del viewer
    if days < 0:
        raise BadQuestion("a claim is older than no days or more")
    today = uk_date(view.now)
    found = [
        waiting
        for claim in view.rows.all(CLAIM)
        if claim.undecided
        for waiting in [
            _unconfirmed(view.rows, claim, (today - uk_date(claim.claimed_at)).days)
        ]
        if waiting.days > days and community in (None, waiting.community_id)
    ]
    return tuple(sorted(found, key=lambda row: row.positions))


def _unconfirmed(rows: Rows, claim: ClaimRow, days: int) -> Unconfirmed:
    pledge = existing(rows, OBLIGATION, claim.pledge_id)
    return Unconfirmed(
        pledge_id=claim.pledge_id,
        claim_no=claim.claim_no,
        supplier_id=pledge.supplier_id,
        community_id=pledge.community_id,
        measure=pledge.measure,
        unit=pledge.unit,
        quantity=claim.quantity,
        value_pence=claim.value_pence,
        claimed_at=claim.claimed_at,
        days=days,
        state=claim.phase,
        positions=(claim.position,),
    )


class SharedEvidence(NamedTuple):
    """A claim that rests on evidence which another claim rests on too.

    `how` is `apportioned`, with the `share` of this pledge (invariant 16), `same-pledge` where
    instalments of one pledge rest on it, or `not-apportioned`, which the rules refuse.
    """

    evidence_sha256: str
    pledge_id: str
    claim_no: int
    supplier_id: str
    quantity: Decimal
    value_pence: int
    how: str
    share: Decimal | None
    positions: tuple[int, ...]


def shared_evidence(view: View, viewer: Actor | None = None) -> tuple[SharedEvidence, ...]:
    """Return the claims whose evidence serves more than one claim, by evidence.

    Withdrawn claims too: their evidence stays with their pledge. Everybody may ask.
    """
    del viewer
    used: defaultdict[str, list[ClaimRow]] = defaultdict(list)
    for claim in view.rows.all(CLAIM):
        used[claim.evidence_sha256].append(claim)
    return tuple(
        _shared(view.rows, claim, claims)
        for _, claims in sorted(used.items())
        if len(claims) > 1
        for claim in sorted(claims, key=lambda row: row.position)
    )


def _shared(rows: Rows, claim: ClaimRow, claims: list[ClaimRow]) -> SharedEvidence:
    own = rows.get(EVIDENCE_SHARE, claim.evidence_sha256, claim.pledge_id)
    one_pledge = len({other.pledge_id for other in claims}) == 1
    how = "apportioned" if own else "same-pledge" if one_pledge else "not-apportioned"
    return SharedEvidence(
        evidence_sha256=claim.evidence_sha256,
        pledge_id=claim.pledge_id,
        claim_no=claim.claim_no,
        supplier_id=existing(rows, OBLIGATION, claim.pledge_id).supplier_id,
        quantity=claim.quantity,
        value_pence=claim.value_pence,
        how=how,
        share=own.share if own else None,
        positions=positions(claim.position, own.position if own else None),
    )
