"""The auction of one lot: rules frozen, suppliers invited, bids taken, closed and ranked.

*Drafted → RulesFrozen → Scheduled → Open → Closed → Ranked.* Rival bids are alternatives,
never a sum: only what the winner of the contract pledged will bind.

- `terms`: what is frozen before anybody bids
- `events`, `state`, `steps`: what happened, the auction as the rules see it, and its order
- `drafting`, `freezing`, `inviting`, `opening`: the authority's way up to the first bid
- `bidding`, `judging`, `closing`, `ranking`: the auction itself
"""

from svx_ledger.domain.kind import Command, StreamKind

from .bidding import SubmitBid
from .closing import CloseAuction, DiscloseAssessment, due
from .drafting import DraftAuction
from .events import EVENTS
from .freezing import ApproveFreeze, RequestFreeze
from .inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from .opening import OpenAuction, ScheduleAuction, SealAssessment
from .state import Auction, evolve

KIND = StreamKind("auction", Auction, EVENTS, evolve, due=due)
COMMANDS: tuple[type[Command], ...] = (
    DraftAuction,
    RequestFreeze,
    ApproveFreeze,
    InviteSupplier,
    AcceptInvitation,
    QualifySupplier,
    ScheduleAuction,
    SealAssessment,
    OpenAuction,
    SubmitBid,
    CloseAuction,
    DiscloseAssessment,
)
