"""A pledge as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never

from svx_ledger.domain.kind import changed
from svx_ledger.domain.private import SubjectErased, keeping
from svx_ledger.domain.values import value_pence

from .events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeEvent,
    PledgeMaterialised,
    PledgeVaried,
)
from .outcomes import (
    ClaimWithdrawn,
    DeliveryDisputed,
    DisputeResolved,
    PledgeDefaulted,
    PledgeReleased,
    PledgeWrittenOff,
    RemedyAgreed,
    WriteOffRequested,
)

Phase = Literal["committed", "defaulted", "remedied", "written-off", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A pledge as the rules see it: its terms, what is owed now, what was delivered.

    `quantity` is what is owed now; `reference` what it was ranked at, and as much as `quantity`
    unless it is a rate pledge, which alone has a `rate` and a `cap`. `claimed` is without what
    was withdrawn; `claims` counts all claims. Of those that nobody decided yet `open_claims`
    has the quantities, and `disputes` who disputed some of them; `claimers` has everybody who
    ever claimed. `due_by` moves with a remedy, and `closed_on` is the UK date on which the
    pledge was released or written off, from which on nothing more is delivered under it.
    `private` are the commitments of its private texts, but for those that were erased.
    """

    terms: PledgeCommitted
    quantity: Decimal
    reference: Decimal
    due_by: date
    rate: Decimal | None = None
    cap: Decimal | None = None
    claimed: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    claims: int = 0
    open_claims: Mapping[int, Decimal] = field(default_factory=dict)
    disputes: Mapping[int, str] = field(default_factory=dict)
    claimers: frozenset[str] = frozenset()
    phase: Phase = "committed"
    request: WriteOffRequested | None = None
    requests: int = 0
    closed_on: date | None = None
    private: frozenset[str] = frozenset()

    @property
    def fulfilled(self) -> bool:
        """Whether all that is owed now was confirmed."""
        return self.confirmed >= self.quantity

    @property
    def most(self) -> Decimal:
        """The most that may come to be owed: what the pledge commits to its need."""
        return self.quantity if self.cap is None else self.cap

    @property
    def kept(self) -> Decimal:
        """What stays owed when the rest is let go: the confirmed, and the undecided claims."""
        return min(self.quantity, self.confirmed + sum(self.open_claims.values()))

    @property
    def disputed(self) -> Decimal:
        """How much is under dispute."""
        return sum((self.open_claims[no] for no in self.disputes), Decimal(0))

    def value_pence(self, quantity: Decimal) -> int:
        """Return what a quantity of this pledge is worth."""
        return value_pence(quantity, self.terms.pounds_per_unit)

    def counted_pence(self, confirmed: Decimal, *, owed: Decimal) -> int:
        """Return what counts of a confirmed quantity where so much is owed (invariant 15)."""
        return self.value_pence(min(confirmed, owed))

    def newly_counted_pence(self, owed: Decimal) -> int:
        """Return the value of earlier over-delivery that counts once this much is owed."""
        now = self.counted_pence(self.confirmed, owed=owed)
        return now - self.counted_pence(self.confirmed, owed=self.quantity)


def evolve(pledge: Pledge | None, event: PledgeEvent) -> Pledge:
    """Fold one more fact into the pledge."""
    if isinstance(event, PledgeCommitted):
        return Pledge(
            terms=event,
            quantity=event.quantity if event.rate is None else Decimal(0),
            reference=event.quantity,
            due_by=event.due_by,
            rate=event.rate,
            cap=event.cap,
        )
    assert pledge is not None
    match event:
        case PledgeVaried(quantity=quantity):
            return changed(
                pledge,
                quantity=quantity,
                reference=quantity if event.reference is None else event.reference,
                rate=event.rate,
                cap=event.cap,
            )
        case PledgeMaterialised(quantity=quantity):
            return changed(pledge, quantity=quantity)
        case DeliveryClaimed(quantity=quantity, claim_no=claim_no):
            return changed(
                pledge,
                claimed=pledge.claimed + quantity,
                claims=claim_no,
                open_claims={**pledge.open_claims, claim_no: quantity},
                claimers=pledge.claimers | {event.claimed_by},
                private=keeping(pledge.private, event.note),
            )
        case DeliveryConfirmed(quantity=quantity, claim_no=decided):
            return _decided(pledge, decided, quantity)
        case DisputeResolved(quantity=quantity, claim_no=decided):
            return _decided(pledge, decided, quantity)
        case ClaimWithdrawn(quantity=quantity, claim_no=withdrawn):
            claimed = pledge.claimed - quantity
            return changed(_decided(pledge, withdrawn, Decimal(0)), claimed=claimed)
        case DeliveryDisputed(claim_no=claim_no, disputed_by=who):
            return changed(
                pledge,
                disputes={**pledge.disputes, claim_no: who},
                private=keeping(pledge.private, event.details),
            )
        case PledgeDefaulted():
            return changed(pledge, phase="defaulted")
        case RemedyAgreed(due_by=due_by):
            return changed(pledge, phase="remedied", due_by=due_by)
        case WriteOffRequested():
            return changed(pledge, request=event, requests=event.request_no)
        case PledgeWrittenOff(written_off_on=closed_on):
            return changed(_let_go(pledge, event), phase="written-off", closed_on=closed_on)
        case PledgeReleased(released_on=closed_on):
            return changed(_let_go(pledge, event), phase="released", closed_on=closed_on)
        case SubjectErased():
            return changed(pledge, private=pledge.private - {*event.commitments})
        case _:
            assert_never(event)


def _decided(pledge: Pledge, claim_no: int, arrived: Decimal) -> Pledge:
    """Take a claim off those that are open, with what of it arrived."""
    return changed(
        pledge,
        confirmed=pledge.confirmed + arrived,
        open_claims={no: c for no, c in pledge.open_claims.items() if no != claim_no},
        disputes={no: who for no, who in pledge.disputes.items() if no != claim_no},
    )


def _let_go(pledge: Pledge, event: PledgeWrittenOff | PledgeReleased) -> Pledge:
    """Owe what is left and nothing more, whatever is spent on the contract from now on."""
    return changed(
        pledge,
        quantity=event.quantity,
        reference=event.quantity if event.reference is None else event.reference,
        cap=None if pledge.cap is None else event.quantity,
        request=None,
    )
