"""Interests and conflicts: declared by those who know, judged by somebody else.

Procurement Act 2023, sections 81 to 83: the authority takes all reasonable steps to identify
conflicts of interest, mitigates them, and keeps its assessment of them under review.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import OrganisationId, PersonId, ProcurementId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_acting, unless_authority, unless_verified
from svx_ledger.domain.private import Private
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, WRONG_STATE, Refusal, Rule

from .events import (
    MOST_INTERESTS,
    MOST_OPEN_INTERESTS,
    ConflictsReviewed,
    Findings,
    InterestDeclared,
    Nature,
    Occasion,
    SupplierFindings,
)
from .state import Phase, Procurement

REVIEWERS: Final = ("authority.approver", "authority.buyer")
DECLARE_THEMSELVES: Final = frozenset({"supplier", "evaluator"})
PHASE_OF: Final[Mapping[Occasion, Phase]] = {
    "before-notice": "registered",
    "before-award": "published",
}

DECLARES_FOR_ANOTHER = Rule(
    "declares-for-another",
    "Outside the authority, everybody declares interests of their own only.",
    "Declare your own interest, or tell the authority of somebody else's.",
    "forbidden",
)
DECLARER_UNNAMED = Rule(
    "declarer-unnamed",
    "Outside the authority, whoever declares an interest names their own organisation.",
    "Name the organisation that you act for as the declarer.",
)
TOO_MANY_OPEN_INTERESTS = Rule(
    "too-many-open-interests",
    "One person declares so many interests at most in a procurement that nobody judged yet.",
    "Wait for the authority's next review.",
)
INTEREST_TWICE = Rule(
    "interest-twice",
    "An interest of one person in one organisation is declared once in a procurement.",
    "Go on with the declaration that is there.",
    "conflict",
)
TOO_MANY_INTERESTS = Rule(
    "too-many-interests",
    "A procurement has so many declared interests at most as one review can judge.",
    "Tell the authority, which takes the person off the procurement.",
)
JUDGES_OWN_INTEREST = Rule(
    "judges-own-interest",
    "Nobody judges an interest of their own.",
    "Ask a colleague without an interest to review.",
    "forbidden",
)
FINDING_FOR_EACH = Rule(
    "finding-for-each",
    "A review judges every declared interest once, and nothing else.",
    "Give one finding for each interest that was declared.",
)
MEASURE_MISSING = Rule(
    "measure-missing",
    "A conflict is mitigated by a measure that the review states, and only such a one has any.",
    "State the measure, or find otherwise.",
)
SUPPLIER_FOUND_TWICE = Rule(
    "supplier-found-twice",
    "A review has one finding for a supplier.",
    "Keep one finding for the supplier named.",
)
CONFLICT_LEFT_OUT = Rule(
    "conflict-left-out",
    "A supplier that was found conflicted is judged again by each later review.",
    "Add a finding for the supplier named.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareInterest(Command):
    """Say that a person has an interest in an organisation; possible at any time.

    The person is named by pseudonym, the interest by its nature; what has to be said in words
    goes into `details`, which is private. `declarer_id` is the organisation that whoever
    declares it acts for; the authority's people leave it out.
    """

    procurement_id: ProcurementId
    person_id: PersonId
    organisation_id: OrganisationId
    nature: Nature
    details: Private | None = None
    declarer_id: OrganisationId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement, the organisation of the interest, and the declarer."""
        del states
        named = (self.procurement_id, self.organisation_id, self.declarer_id)
        return tuple(stream for stream in named if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Declare an interest.

        - Somebody of the authority declares it, of themselves or of a colleague.
        - Somebody of a supplier or of the evaluator declares it, of themselves only.
        - The organisation that these act for is named, and verified.
        - The same interest is declared once.
        - One person has declared at most ten that nobody judged yet.
        - A procurement has at most 250.
        """
        del now
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := self._unless_theirs(states, actor, procurement):
            return refusal
        this = (self.person_id, self.organisation_id, self.nature)
        for known in procurement.interests:
            if this == (known.person_id, known.organisation_id, known.nature):
                return INTEREST_TWICE.refuse(interest_no=known.interest_no)
        not_judged = procurement.interests[procurement.judged :]
        if sum(known.declared_by == actor.id for known in not_judged) >= MOST_OPEN_INTERESTS:
            return TOO_MANY_OPEN_INTERESTS.refuse(most=MOST_OPEN_INTERESTS)
        interest_no = len(procurement.interests) + 1
        if interest_no > MOST_INTERESTS:
            return TOO_MANY_INTERESTS.refuse(most=MOST_INTERESTS)
        declared = InterestDeclared(
            person_id=self.person_id,
            organisation_id=self.organisation_id,
            nature=self.nature,
            interest_no=interest_no,
            declared_by=actor.id,
            details=self.details,
            declarer_id=self.declarer_id,
        )
        return [(self.procurement_id, declared)]

    def _unless_theirs(
        self, states: States, actor: Actor, procurement: Procurement
    ) -> Refusal | None:
        if actor.side == "authority":
            return unless_authority(actor, procurement.authority_id)
        if actor.side not in DECLARE_THEMSELVES:
            return ROLE_NOT_ALLOWED.refuse(
                allowed="authority, supplier, evaluator", role=actor.role
            )
        if self.person_id != actor.id:
            return DECLARES_FOR_ANOTHER.refuse(person=actor.id)
        if self.declarer_id is None:
            return DECLARER_UNNAMED.refuse(person=actor.id)
        declarer = states.of(Organisation, self.declarer_id)
        refusal = unless_acting(actor, self.declarer_id, "supplier", "evaluator")
        return refusal or unless_verified(declarer, str(actor.side))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewConflicts(Command):
    """Judge every declared interest, and name the suppliers that a conflict would favour.

    A supplier whose unfair advantage nothing can take away wins nothing (section 82).
    """

    procurement_id: ProcurementId
    occasion: Occasion
    findings: Findings
    suppliers: SupplierFindings

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement."""
        del states
        return (self.procurement_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Review conflicts of interest.

        - An approver or buyer of the authority reviews.
        - Nobody judges an interest of their own.
        - A review before the notice, or before an award, is made before that.
        - Every declared interest has one finding, and nothing else has.
        - A measure is stated for what is mitigated, and for that only.
        - A supplier has one finding at most.
        - A supplier that was found conflicted has one.
        """
        del now
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := unless_authority(actor, procurement.authority_id, *REVIEWERS):
            return refusal
        for interest in procurement.interests:
            if interest.person_id == actor.id:
                return JUDGES_OWN_INTEREST.refuse(interest_no=interest.interest_no)
        expected = PHASE_OF.get(self.occasion, procurement.phase)
        if procurement.phase != expected:
            return WRONG_STATE.refuse(state=procurement.phase, expected=expected)
        refusal = _fault_in_findings(self.findings, procurement)
        if refusal := refusal or _fault_in_suppliers(self.suppliers, procurement):
            return refusal
        reviewed = ConflictsReviewed(
            occasion=self.occasion,
            findings=self.findings,
            suppliers=self.suppliers,
            reviewed_by=actor.id,
        )
        return [(self.procurement_id, reviewed)]


def _fault_in_findings(findings: Findings, procurement: Procurement) -> Refusal | None:
    declared = [interest.interest_no for interest in procurement.interests]
    if sorted(finding.interest_no for finding in findings) != declared:
        return FINDING_FOR_EACH.refuse(declared=len(declared), findings=len(findings))
    for finding in findings:
        if (finding.outcome == "mitigated") != (finding.measure is not None):
            return MEASURE_MISSING.refuse(
                interest_no=finding.interest_no, outcome=finding.outcome
            )
    return None


def _fault_in_suppliers(findings: SupplierFindings, procurement: Procurement) -> Refusal | None:
    found: set[str] = set()
    for finding in findings:
        if finding.supplier_id in found:
            return SUPPLIER_FOUND_TWICE.refuse(supplier=finding.supplier_id)
        found.add(finding.supplier_id)
    if left_out := procurement.conflicted_suppliers - found:
        return CONFLICT_LEFT_OUT.refuse(supplier=min(left_out))
    return None


COMMANDS: tuple[type[Command], ...] = (DeclareInterest, ReviewConflicts)
