"""The auction of one lot: rules frozen, suppliers invited, bids taken, closed and ranked.

*Drafted → RulesFrozen → Scheduled → Open ⇄ Paused → Closed → Ranked*, with the early ends
*Cancelled, Unsuccessful, Voided*, after which another auction may serve the lot. Rival bids are
alternatives, never a sum: only what the winner of the contract pledged will bind.

- `terms`, `agreeing`: what is frozen before anybody bids, and whether it agrees
- `events`, `state`, `steps`: what happened, the auction as the rules see it, and its order
- `drafting`, `freezing`, `inviting`, `opening`: the authority's way up to the first bid
- `bidding`, `judging`, `lines`, `withdrawing`, `closing`, `ranking`: the auction itself
- `breaks`, `two_sides`, `pausing`, `reading_hidden`: what breaks into it. What looks at an
  award or at needs too stands outside: `domain.ending`, `voiding`, `exclusion`, `listing`
- `tendering`: what it hands to the assessment
"""

from svx_ledger.domain.kind import Command, StreamKind

from .bidding import SubmitBid
from .breaks import BREAKS
from .closing import CloseAuction, DiscloseAssessment, due
from .drafting import DraftAuction
from .events import EVENTS
from .freezing import ApproveFreeze, RequestFreeze
from .inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from .opening import OpenAuction, ScheduleAuction, SealAssessment
from .pausing import ApproveResume, PauseAuction, RequestResume
from .reading_hidden import ReadHiddenAmounts
from .state import Auction, evolve
from .withdrawing import WithdrawBid

KIND = StreamKind("auction", Auction, (*EVENTS, *BREAKS), evolve, due=due)
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
    WithdrawBid,
    CloseAuction,
    DiscloseAssessment,
    PauseAuction,
    RequestResume,
    ApproveResume,
    ReadHiddenAmounts,
)
