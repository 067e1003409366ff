"""The procurement kind of streams: the exchange's own procurements, and the observed ones.

Both are named after an OCID, and no OCID is on two streams; but what may be done with them
has nothing in common, so each has a state of its own.
"""

from svx_ledger.domain import procurement
from svx_ledger.domain.kind import Command, StreamKind
from svx_ledger.domain.procurement import Procurement, ProcurementEvent
from svx_ledger.domain.rule import Refusal, Rule

from . import events, state
from .events import (
    NoticeRecorded,
    ObservationEvent,
    ProcurementObserved,
    PublishedAwardRecorded,
)
from .state import ObservedProcurement

OBSERVED_ELSEWHERE = Rule(
    "observed-elsewhere",
    "What was only observed is decided elsewhere: the exchange does not act in it.",
    "Register a procurement of the exchange's own, under its own OCID.",
    "conflict",
)


def evolve(
    current: object, event: ProcurementEvent | ObservationEvent
) -> Procurement | ObservedProcurement:
    """Fold one more event into a procurement stream, of either sort.

    Raises TypeError for an event of the other sort.
    """
    if isinstance(event, ProcurementObserved | NoticeRecorded | PublishedAwardRecorded):
        if isinstance(current, ObservedProcurement | None):
            return state.evolve(current, event)
    elif isinstance(current, Procurement | None):
        return procurement.evolve(current, event)
    raise TypeError(f"{type(event).__name__} follows on {type(current).__name__}")


def unless_own(command: Command, state: object, stream: str) -> Refusal | None:
    """Refuse to act on a procurement that was only observed, but for observing more of it."""
    if not isinstance(state, ObservedProcurement) or command.observes:
        return None
    return OBSERVED_ELSEWHERE.refuse(procurement=stream)


KIND = StreamKind(
    "procurement",
    object,
    (*procurement.EVENTS, *events.EVENTS),
    evolve,
    states=(Procurement, ObservedProcurement),
)
