"""One procurement before its auction: registered, conflicts reviewed, announced."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from svx_ledger.domain.procurement import (
    DeclareInterest,
    Finding,
    Lot,
    PublishTenderNotice,
    RegisterProcurement,
    ReviewConflicts,
)
from svx_ledger.domain.uk_calendar import uk_date

from .scenario import Procurement
from .setting import FORCE
from .step import Act, Step, paced, person, utc

WEIGHT: Final = Decimal(10)
"""Of social value, in points of 100."""
LOT: Final = "1"


def announcing(of: Procurement) -> Iterator[Step]:
    """Give everything before the draft of an auction; for a re-run there is nothing."""
    if of.rerun_of is None:
        yield from paced(utc(of.registered_at), *_announced(of))
    yield from _interests(of)


def findings(of: Procurement) -> tuple[Finding, ...]:
    """Return what reviews make of the interests that were declared."""
    return tuple(
        Finding(
            interest_no=n,
            outcome=interest.outcome,
            measure=interest.measure if interest.outcome == "mitigated" else None,
        )
        for n, interest in enumerate(of.interests, start=1)
    )


def _interests(of: Procurement) -> Iterator[Step]:
    buyer = person("authority.buyer", of.authority)
    for n, interest in enumerate(of.interests, start=1):
        who = f"person-{of.authority}-{interest.who}"
        declared = DeclareInterest(
            procurement_id=of.procurement_id,
            person_id=who,
            organisation_id=f"organisation-{interest.organisation}",
            nature=interest.nature,
        )
        yield Step(utc(interest.declared_at), buyer, declared, interest.says)
        reviewed = ReviewConflicts(
            procurement_id=of.procurement_id,
            occasion="declaration",
            findings=findings(of)[:n],
            suppliers=(),
        )
        yield Step(utc(interest.reviewed_at), buyer, reviewed)


def _announced(of: Procurement) -> Iterator[Act]:
    buyer = person("authority.buyer", of.authority)
    yield (
        buyer,
        RegisterProcurement(
            procurement_id=of.procurement_id,
            ocid=f"ocds-demo00-{of.key}",
            title=of.title,
            authority_id=f"organisation-{of.authority}",
            acts_for=(FORCE,),
            lots=(lot(of),),
            regime=of.regime,
            nation="england",
            policy="ppn002",
            social_value_weight=WEIGHT,
        ),
    )
    reviewed = ReviewConflicts(
        procurement_id=of.procurement_id,
        occasion="before-notice",
        findings=(),
        suppliers=(),
    )
    yield buyer, reviewed
    yield (
        buyer,
        PublishTenderNotice(
            procurement_id=of.procurement_id,
            notice="UK4",
            reference=f"UK4-demo-{of.key}",
            published_on=uk_date(utc(of.registered_at)),
        ),
    )


def lot(of: Procurement) -> Lot:
    """Return the one lot of a procurement."""
    reference = of.reference_pounds
    return Lot(
        lot=LOT,
        title=of.title,
        contract_value_pence=100 * of.contract_pounds,
        reference_spend_pence=None if reference is None else 100 * reference,
    )
