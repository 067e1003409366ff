"""Conflicts of interest, as every act that judges suppliers asks about them (invariant 20).

Who is conflicted stands in the procurement: those whom its latest review found so, and each
person with an interest that nobody has judged yet (Procurement Act 2023, sections 81 to 83).
"""

from typing import TYPE_CHECKING

from .actor import Actor
from .rule import Refusal, Rule

if TYPE_CHECKING:
    from svx_ledger.domain.procurement.events import Occasion

    from .procurement import Procurement

CONFLICT_OF_INTEREST = Rule(
    "conflict-of-interest",
    "A person with a live conflict of interest does not assess, approve or confirm.",
    "Have the interest reviewed, or ask a colleague without one.",
    "forbidden",
)
SUPPLIER_CONFLICTED = Rule(
    "supplier-conflicted",
    "A supplier that a live conflict of interest favours neither bids nor wins.",
    "Have the conflict reviewed again once it is mitigated.",
)
CONFLICTS_UNREVIEWED = Rule(
    "conflicts-unreviewed",
    "Conflicts of interest are reviewed before this, and after each declaration.",
    "Review them first, for the occasion named.",
    "conflict",
)


def unless_conflicted(procurement: "Procurement", actor: Actor) -> Refusal | None:
    """Refuse a person who has a live or unreviewed conflict in this procurement."""
    return unless_clear(procurement, actor.id)


def unless_clear(procurement: "Procurement", *persons: str) -> Refusal | None:
    """Refuse where any of these people has one."""
    for person in persons:
        if person in procurement.conflicted_persons:
            return CONFLICT_OF_INTEREST.refuse(person=person)
    return None


def unless_supplier_conflicted(procurement: "Procurement", supplier_id: str) -> Refusal | None:
    """Refuse a supplier that the latest review found to have a live conflict."""
    if supplier_id in procurement.conflicted_suppliers:
        return SUPPLIER_CONFLICTED.refuse(supplier=supplier_id)
    return None


def unless_reviewed(
    procurement: "Procurement", occasion: "Occasion | None" = None
) -> Refusal | None:
    """Refuse unless conflicts were reviewed since the last declaration, on that occasion."""
    reviewed = procurement.reviewed_for
    if not reviewed or (occasion is not None and occasion not in reviewed):
        return CONFLICTS_UNREVIEWED.refuse(occasion=occasion or "any")
    return None
