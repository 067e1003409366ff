"""What befalls a pledge beside its deliveries: disputes, defaults, and how it is let go."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from svx_ledger.domain.form import Between, Pence, PersonId, Quantity, Reason
from svx_ledger.domain.kind import Event
from svx_ledger.domain.private import Private

ClaimNo = Annotated[int, Between(1, 10**9)]
"""1, 2, 3 … over the claims of one pledge."""
RequestNo = Annotated[int, Between(1, 10**9)]
"""1, 2, 3 … over the write-offs ever requested of one pledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWithdrawn(Event):
    """The supplier took a claim back that nobody had decided: it was never delivered.

    What is claimed falls by `quantity`, worth `value_pence`; where the claim was disputed,
    what is under dispute falls by as much, worth `disputed_pence`. The evidence stays with
    the pledge.
    """

    claim_no: ClaimNo
    reason: Reason
    quantity: Quantity
    value_pence: Pence
    withdrawn_by: PersonId
    disputed_pence: Pence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDisputed(Event):
    """The other side says that a claim is not as claimed: it counts for nothing until resolved.

    `value_pence` is what this adds to all that is under dispute on the pledge. What is said of
    persons goes into `details`, which are private.
    """

    claim_no: ClaimNo
    reason: Reason
    by: Literal["community", "authority"]
    quantity: Quantity
    value_pence: Pence
    disputed_by: PersonId
    details: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeResolved(Event):
    """Somebody with no part in the dispute found that so much of the claim arrived, or none.

    It decides the claim as a confirmation would: `value_pence` and `counted_pence` likewise.
    `disputed` and `disputed_pence` are under dispute no longer.
    """

    claim_no: ClaimNo
    quantity: Quantity
    reason: Reason
    by: Literal["authority", "auditor", "evaluator"]
    resolved_by: PersonId
    value_pence: Pence
    counted_pence: Pence
    disputed: Quantity
    disputed_pence: Pence


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeDefaulted(Event):
    """What was due was not delivered: so much is still open, as the authority found."""

    reason: Reason
    as_of: date
    due_by: date
    quantity_open: Quantity
    value_pence: Pence
    recorded_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyAgreed(Event):
    """The supplier is to make a default good by another day, as planned with the authority."""

    due_by: date
    plan: Reason
    due_by_was: date
    recorded_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffRequested(Event):
    """One person asked that what is open of a defaulted pledge be given up; nothing changes."""

    reason: Reason
    requested_by: PersonId
    request_no: RequestNo


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeWrittenOff(Event):
    """A second person gave up what was open, on this UK date: `quantity` is owed now.

    That is what was confirmed, or claimed and not decided yet, of what was owed. The cap of a
    rate pledge falls to it, so that nothing more comes of it, and what it is at the reference
    spend to `reference`, if that was more.
    """

    request_no: RequestNo
    approved_by: PersonId
    reason: Reason
    written_off_on: date
    quantity_was: Quantity
    quantity: Quantity
    value_pence_was: Pence
    value_pence: Pence
    reference: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeReleased(Event):
    """What was open is owed no longer from this UK date on: `quantity` is what is left.

    Because the contract ended, or because the authority let the supplier off, for `reason`.
    The rest reads as in `PledgeWrittenOff`.
    """

    released_on: date
    quantity_was: Quantity
    quantity: Quantity
    value_pence_was: Pence
    value_pence: Pence
    released_by: PersonId
    reason: Reason | None = None
    reference: Quantity | None = None


PledgeOutcome = (
    ClaimWithdrawn
    | DeliveryDisputed
    | DisputeResolved
    | PledgeDefaulted
    | RemedyAgreed
    | WriteOffRequested
    | PledgeWrittenOff
    | PledgeReleased
)
OUTCOMES: tuple[type[PledgeOutcome], ...] = (
    ClaimWithdrawn,
    DeliveryDisputed,
    DisputeResolved,
    PledgeDefaulted,
    RemedyAgreed,
    WriteOffRequested,
    PledgeWrittenOff,
    PledgeReleased,
)
