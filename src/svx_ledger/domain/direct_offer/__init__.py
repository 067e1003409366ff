"""Direct offers: help with a need outside any auction, offered by one, accepted by the other.

*Offered → Accepted or Declined.* A channel of its own in every figure. It is closed to a
supplier that competes for a contract of that authority: what it gives then belongs in its bid.

- `state`: what happened, and the offer as the rules see it
- `openings`: when an offer may be made, and still be accepted
- `offering`, `answering`: its acts
"""

from svx_ledger.domain.kind import Command, StreamKind

from .answering import AcceptOffer, DeclineOffer
from .offering import OfferDirectly
from .state import EVENTS, DirectlyOffered, DirectOffer, OfferAccepted, OfferDeclined, evolve

__all__ = [
    "COMMANDS",
    "KIND",
    "AcceptOffer",
    "DeclineOffer",
    "DirectOffer",
    "DirectlyOffered",
    "OfferAccepted",
    "OfferDeclined",
    "OfferDirectly",
]

KIND = StreamKind("direct-offer", DirectOffer, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (OfferDirectly, AcceptOffer, DeclineOffer)
