"""After a restore: the ledger goes on from an earlier copy, and says so under a new name."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Rule

from .published import Epoch, LogKeyText, SignedNote, epoch_of, faulty_line, origin_of
from .signing import unless_fit
from .state import Book, EpochStarted, LedgerId

CHECKPOINT_UNREADABLE = Rule(
    "checkpoint-unreadable",
    "A checkpoint reads origin, size, root, an empty line, and a signature of its log.",
    "Give the published checkpoint as it is, with all its lines.",
)
CHECKPOINT_ELSEWHERE = Rule(
    "checkpoint-elsewhere",
    "The checkpoint is of this ledger, in the epoch that it is in or in one that it lost.",
    "Find the newest checkpoint that was published of this ledger.",
)
EPOCH_NOT_NEXT = Rule(
    "epoch-not-next",
    "An epoch follows the one whose last checkpoint is given.",
    "Start the next epoch after that of the newest checkpoint.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEpoch(Command):
    """Go on from a restored copy: publish under a new origin, with a key of its own.

    A ledger that was restored twice may have lost the record of an epoch, too: what follows is
    counted from the checkpoint, not from what the copy still knows.
    """

    ledger_id: LedgerId
    epoch: Epoch
    checkpoint: SignedNote
    verifier_key: LogKeyText
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the ledger's own stream."""
        del states
        return (self.ledger_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Start an epoch.

        - The operator starts it.
        - What it gives as the last checkpoint is one, and has a signature of its log.
        - The checkpoint is of this ledger, and of no epoch before the one it is in.
        - The epoch is the next after that of the checkpoint.
        - The key is named as the origin of the new epoch.
        - Its key id is that of its name and key.
        - It never signed for this ledger before.
        """
        del now
        book = states.of(Book, self.ledger_id)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        if line := faulty_line(self.checkpoint):
            return CHECKPOINT_UNREADABLE.refuse(line=line)
        published = epoch_of(book.first_origin, self.checkpoint[0])
        if published is None or published < book.epoch:
            return CHECKPOINT_ELSEWHERE.refuse(of=self.checkpoint[0], origin=book.origin)
        if self.epoch != published + 1:
            return EPOCH_NOT_NEXT.refuse(stated=self.epoch, next=published + 1)
        origin = origin_of(book.first_origin, self.epoch)
        if refusal := unless_fit(book, self.verifier_key, origin):
            return refusal
        started = EpochStarted(
            epoch=self.epoch,
            checkpoint=self.checkpoint,
            verifier_key=self.verifier_key,
            reason=self.reason,
        )
        return [(self.ledger_id, started)]
