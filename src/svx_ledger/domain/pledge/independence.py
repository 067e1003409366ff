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
    "Who says what arrived, or takes a direct offer, has no connection to the supplier.",
    "Ask the other side of the pledge, or somebody who is not connected.",
    "forbidden",
)


def ties(terms: PledgeCommitted) -> tuple[str, ...]:
    """Return the streams that show who has a tie: the three organisations, the procurement.

    A connection stands in the streams of both organisations that it is between. Organisations
    that both have ties with the same third one are told by the streams of the two.
    """
    return (
        terms.supplier_id,
        terms.community_id,
        terms.authority_id,
        terms.procurement_id,
    )


def unless_independent(states: States, terms: PledgeCommitted, actor: Actor) -> Refusal | None:
    """Refuse whoever may not say what arrived.

    - A person of an organisation that is connected to the supplier.
    - A person of the pledge's community organisation or authority where that and the supplier
      are connected to the same third organisation: a parent, for instance.
    - A person with a live conflict of interest in the procurement (invariant 20).
    """
    supplier = states.of(Organisation, terms.supplier_id)
    if actor.organisation in supplier.connections:
        return CONNECTED_TO_SUPPLIER.refuse(supplier=terms.supplier_id)
    if actor.organisation in (terms.community_id, terms.authority_id):
        theirs = states.of(Organisation, actor.organisation).connections
        if common := sorted(theirs & supplier.connections):
            return CONNECTED_TO_SUPPLIER.refuse(supplier=terms.supplier_id, through=common[0])
    return unless_conflicted(states.of(Procurement, terms.procurement_id), actor)
