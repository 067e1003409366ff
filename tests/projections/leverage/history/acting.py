"""What the parties of a pledge do about it: claim, confirm, dispute, resolve, vary."""

from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, NamedTuple

from benchmarks.generator.people import AUDITOR, person
from benchmarks.generator.telling import Turn, first, say

from svx_ledger.domain.contract.events import VariationRequested, VariedLine
from svx_ledger.domain.pledge.events import DeliveryClaimed, PledgeCommitted
from svx_ledger.ledger import Sequenced

from .buying import DAY, Buying, Steps, by_year_end

HALF: Final = Decimal("0.5")


class Pledged(NamedTuple):
    """A pledge, what it says, and since when."""

    buying: Buying
    stream: str
    terms: PledgeCommitted
    since: datetime

    def part(self, share: str) -> Decimal:
        """Return about this share of what was pledged, whole where it has to be."""
        quantity = self.terms.quantity * Decimal(share)
        quantity = round(quantity, 2) if self.terms.divisible else quantity // 1
        return max(quantity, Decimal("0.25") if self.terms.divisible else Decimal(1))

    def at(self, days: int) -> datetime:
        """Return some hour of this day of the pledge."""
        day = self.since + days * DAY
        return by_year_end(day + timedelta(minutes=self.buying.rng.randrange(1440)))


def claimed(of: Pledged, days: int, quantity: Decimal, *, before: bool = False) -> Steps:
    """Claim; return the number of the claim, none where it was refused."""
    at = of.at(days)
    claiming = say(
        "ClaimDelivery",
        pledge_id=of.stream,
        quantity=quantity,
        delivered_from=of.terms.entered_on - 40 * DAY if before else of.terms.entered_on,
        delivered_to=of.terms.entered_on,
        evidence_sha256=sha256(of.buying.rng.randbytes(16)).hexdigest(),
    )
    answer = yield Turn(at, claiming, person(of.terms.supplier_id, "supplier.signatory"))
    return first(answer, DeliveryClaimed).claim_no if isinstance(answer, Sequenced) else None


def confirmed(
    of: Pledged, days: int, claim_no: int, quantity: Decimal, *, by: str = "c"
) -> Steps:
    """Confirm so much of a claim, by the community organisation or else the authority."""
    confirming = say(
        "ConfirmDelivery", pledge_id=of.stream, claim_no=claim_no, quantity=quantity
    )
    side = person(of.terms.community_id, "community.confirmer")
    yield Turn(of.at(days), confirming, side if by == "c" else of.buying.manager())


def disputed(of: Pledged, days: int, claim_no: int) -> Steps:
    """Dispute a claim."""
    doubting = say(
        "DisputeDelivery", pledge_id=of.stream, claim_no=claim_no, reason="It never came"
    )
    side = person(of.terms.community_id, "community.confirmer")
    yield Turn(of.at(days), doubting, side)


def resolved(of: Pledged, days: int, claim_no: int, quantity: Decimal) -> Steps:
    """Resolve a dispute, by the authority or an auditor."""
    given = {"pledge_id": of.stream, "claim_no": claim_no, "quantity": quantity}
    by = of.buying.manager(2) if of.buying.rng.random() < 0.5 else AUDITOR
    yield Turn(of.at(days), say("ResolveDispute", **given, reason="Counted again"), by)


def varied(of: Pledged, days: int, quantity: Decimal, rate: Decimal | None = None) -> Steps:
    """Vary what is owed, by two people."""
    at, contract = of.at(days), of.terms.contract_id
    if of.terms.divisible:
        quantity = round(quantity, 2)
    line = VariedLine(need_id=of.terms.need_id, quantity=quantity, rate=rate)
    asking = say("RequestVariation", contract_id=contract, lines=(line,), ground="As agreed")
    answer = yield Turn(at, asking, of.buying.manager())
    if isinstance(answer, Sequenced):
        number = first(answer, VariationRequested).request_no
        agreeing = say("ApproveVariation", contract_id=contract, request_no=number)
        yield Turn(at + timedelta(minutes=1), agreeing, of.buying.approver())
