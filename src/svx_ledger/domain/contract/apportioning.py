"""Evidence that shows deliveries on several pledges, apportioned before it is claimed on."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.evidence import EVIDENCE_USED, evidence_key
from svx_ledger.domain.form import ContractId, Sha256
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_supplier
from svx_ledger.domain.rule import Rule

from .performing import unless_pledges_of
from .running import EvidenceApportioned, EvidenceShares
from .state import Contract

SHARE_EMPTY = Rule(
    "share-empty",
    "Each pledge that evidence is apportioned to has a part of it.",
    "Leave out the pledge that it shows nothing of.",
)
SHARES_NOT_WHOLE = Rule(
    "shares-not-whole",
    "The shares of one piece of evidence sum to one, exactly.",
    "Adjust the shares; the last digit may make up for what thirds leave over.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApportionEvidence(Command):
    """Say how much of one piece of evidence shows what was delivered on each pledge."""

    contract_id: ContractId
    evidence_sha256: Sha256
    shares: EvidenceShares

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the contract, and the award that says which needs it pledges to."""
        if self.contract_id not in states:
            return (self.contract_id,)
        return (self.contract_id, states.of(Contract, self.contract_id).terms.award_id)

    def claims(self) -> tuple[str, ...]:
        """Return the evidence, which serves one pledge or is apportioned once."""
        return (evidence_key(self.evidence_sha256),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Apportion evidence.

        - The contract's supplier apportions it.
        - It serves no pledge yet, and was not apportioned before (invariant 16).
        - The pledges are the contract's, each named once.
        - Each has a share, and all shares sum to one, exactly.
        """
        del now
        contract = states.of(Contract, self.contract_id)
        if refusal := unless_supplier(actor, contract.terms.supplier_id):
            return refusal
        holder = states.holder(evidence_key(self.evidence_sha256))
        if holder is not None:
            return EVIDENCE_USED.refuse(held_by=holder)
        award = states.of(Award, contract.terms.award_id)
        named = tuple(share.pledge_id for share in self.shares)
        if refusal := unless_pledges_of(self.contract_id, award, named):
            return refusal
        for share in self.shares:
            if not share.share:
                return SHARE_EMPTY.refuse(pledge=share.pledge_id)
        total = sum(share.share for share in self.shares)
        if total != 1:
            return SHARES_NOT_WHOLE.refuse(total=total)
        apportioned = EvidenceApportioned(
            evidence_sha256=self.evidence_sha256, shares=self.shares, apportioned_by=actor.id
        )
        return [(self.contract_id, apportioned)]


COMMANDS: tuple[type[Command], ...] = (ApportionEvidence,)
