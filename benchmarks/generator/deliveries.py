"""Builders for what follows a contract: claims, evidence, disputes, defaults."""

from decimal import Decimal
from hashlib import sha256
from typing import Final

from svx_ledger.domain.actor import Role
from svx_ledger.domain.contract.running import EvidenceShare
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.pledge.state import Pledge

from .awards import pledges_of
from .proposals import Desk, Proposal, builds

MANAGERS: Final[tuple[Role, ...]] = ("authority.contract_manager", "authority.buyer")


@builds("ClaimDelivery", 8)
def claim_delivery(desk: Desk) -> Proposal | None:
    """Claim an instalment; sometimes more than is owed."""
    found = desk.pick(Pledge, "pledge")
    if found is None:
        return None
    pledge = found[1]
    part = pledge.quantity * Decimal(desk.rng.choice(("0.1", "0.25", "0.5", "1.1")))
    quantity = round(part, 2) if pledge.terms.divisible else part // 1
    began = desk.day(-desk.rng.choice((0, 7, 60)))
    command = desk.make(
        "ClaimDelivery",
        pledge_id=found[0],
        quantity=max(quantity, Decimal(1)),
        delivered_from=began,
        delivered_to=desk.day(),
        evidence_sha256=sha256(desk.rng.randbytes(8)).hexdigest(),
    )
    return Proposal(command, desk.someone(pledge.terms.supplier_id, "supplier.signatory"))


@builds("ConfirmDelivery", 8)
def confirm_delivery(desk: Desk) -> Proposal | None:
    """Confirm all of a claim, or a part."""
    found = desk.pick(Pledge, "pledge", lambda pledge: pledge.open_claims)
    if found is None:
        return None
    pledge = found[1]
    claim_no = desk.rng.choice(sorted(pledge.open_claims))
    claimed = pledge.open_claims[claim_no]
    quantity = claimed if desk.chance(0.7) else max(Decimal(1), claimed // 2)
    command = desk.make(
        "ConfirmDelivery", pledge_id=found[0], claim_no=claim_no, quantity=quantity
    )
    if desk.chance(0.6):
        who = desk.someone(pledge.terms.community_id, "community.confirmer", "community.lead")
    else:
        who = desk.someone(pledge.terms.authority_id, "authority.contract_manager")
    return Proposal(command, who)


@builds("RecordDefault", 6)
def record_default(desk: Desk) -> Proposal | None:
    """Find what was due and did not come."""
    found = desk.pick(
        Pledge,
        "pledge",
        lambda p: p.phase == "committed" and p.due_by < desk.day() and p.confirmed < p.quantity,
    )
    if found is None:
        return None
    command = desk.make("RecordDefault", pledge_id=found[0], as_of=desk.day())
    return Proposal(command, desk.someone(found[1].terms.authority_id, *MANAGERS))


@builds("RecordRemedy", 2)
def record_remedy(desk: Desk) -> Proposal | None:
    """Agree by when a default is made good."""
    found = desk.pick(Pledge, "pledge", lambda p: p.phase == "defaulted")
    if found is None:
        return None
    command = desk.make("RecordRemedy", pledge_id=found[0], due_by=desk.day(30))
    return Proposal(command, desk.someone(found[1].terms.authority_id, *MANAGERS))


@builds("RequestWriteOff", 4)
def request_write_off(desk: Desk) -> Proposal | None:
    """Ask that what is open of a defaulted pledge be given up."""
    found = desk.pick(Pledge, "pledge", lambda p: p.phase == "defaulted" and not p.request)
    if found is None:
        return None
    command = desk.make("RequestWriteOff", pledge_id=found[0])
    return Proposal(command, desk.someone(found[1].terms.authority_id, *MANAGERS))


@builds("ApproveWriteOff", 6)
def approve_write_off(desk: Desk) -> Proposal | None:
    """Give it up, as the second person."""
    found = desk.pick(Pledge, "pledge", lambda p: p.request)
    if found is None or found[1].request is None:
        return None
    number = found[1].request.request_no
    command = desk.make("ApproveWriteOff", pledge_id=found[0], request_no=number)
    return Proposal(command, desk.someone(found[1].terms.authority_id, "authority.approver"))


@builds("ApportionEvidence", 1)
def apportion_evidence(desk: Desk) -> Proposal | None:
    """Share one piece of evidence among some pledges of a contract."""
    found = desk.pick(Contract, "contract")
    if found is None:
        return None
    pledges = [stream for stream, _ in pledges_of(desk, found[0])]
    if not pledges:
        return None
    parts = [Decimal("0.25"), Decimal("0.75")] if len(pledges) > 1 else [Decimal(1)]
    command = desk.make(
        "ApportionEvidence",
        contract_id=found[0],
        evidence_sha256=sha256(desk.rng.randbytes(8)).hexdigest(),
        shares=tuple(
            EvidenceShare(pledge_id=pledge, share=part)
            for pledge, part in zip(pledges, parts, strict=False)
        ),
    )
    return Proposal(command, desk.someone(found[1].terms.supplier_id, "supplier.signatory"))
