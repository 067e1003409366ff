"""Who may say what arrived: nobody with a tie to the supplier, or with a conflict."""

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.kind import States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import Refusal, Rule

from .events import PledgeCommitted

CONNECTED_TO_SUPPLIER = Rule(
    "connected-to-supplier",
    "Who says what arrived has no connection to the supplier.",
    "Ask the other side of the pledge, or somebody who is not connected.",
    "forbidden",
)


def ties(terms: PledgeCommitted) -> tuple[str, ...]:
    """Return the streams that show who has a tie: the supplier, and the procurement.

    A connection stands in the streams of both organisations that it is between.
    """
    return (terms.supplier_id, terms.procurement_id)


def unless_independent(states: States, terms: PledgeCommitted, actor: Actor) -> Refusal | None:
    """Refuse whoever may not say what arrived.

    - A person of an organisation that is connected to the supplier.
    - A person with a live conflict of interest in the procurement (invariant 20).
    """
    supplier = states.of(Organisation, terms.supplier_id)
    if actor.organisation in supplier.connections:
        return CONNECTED_TO_SUPPLIER.refuse(supplier=terms.supplier_id)
    return unless_conflicted(states.of(Procurement, terms.procurement_id), actor)
