"""Whether a witness cosigns a head: a pure function of what it holds and what it is asked.

The order of the rules is that of C2SP tlog-witness v1.0.0. That the log signed the head is
checked before: what is not signed by it never comes here.
"""

from dataclasses import dataclass
from typing import Final

from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.tree.consistency import verify_consistency
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT

from .request import AddCheckpoint

CLOCK_SECONDS: Final = 5
"""How far the clock may be behind the last cosignature, as it is after it was set right."""


@dataclass(frozen=True, slots=True)
class Held:
    """The newest head of a log that the witness cosigned, when (Unix seconds), and its note."""

    size: int
    root: bytes
    time: int
    note: bytes


NEVER: Final = Held(0, EMPTY_ROOT, 0, b"")
"""What is held of a log of which nothing was cosigned yet."""


@dataclass(frozen=True, slots=True)
class Cosign:
    """The head is cosigned, and held from now on."""

    now: Held


@dataclass(frozen=True, slots=True)
class Shrinks:
    """The size that the log says to extend is larger than that of its head (400)."""


@dataclass(frozen=True, slots=True)
class OtherSize:
    """The witness holds a head of another size than the one that is extended (409)."""

    size: int


@dataclass(frozen=True, slots=True)
class TwoRoots:
    """The log signed two roots at one size (409). `held` and `other` together prove it."""

    held: Held
    other: bytes


@dataclass(frozen=True, slots=True)
class Unproven:
    """The proof does not lead from the held head to the new one (422)."""

    why: str


@dataclass(frozen=True, slots=True)
class ClockBehind:
    """The witness's own clock is behind what it stated before: it states nothing (503)."""


Decision = Cosign | Shrinks | OtherSize | TwoRoots | Unproven | ClockBehind


def decide(held: Held, asked: AddCheckpoint, now: int) -> Decision:
    """Decide about a head that its log signed; `now` is in Unix seconds.

    - The size that is extended is not larger than the new one.
    - It is the size of the newest head that was cosigned, or 0 where none was.
    - One size has one root.
    - The proof leads from the held head to the new one; it is empty from size 0.
    - The same head again is cosigned again, for its time says that it is still the newest.
    - No cosignature is earlier than the one before it.
    """
    new = asked.head
    if asked.old_size > new.size:
        return Shrinks()
    if asked.old_size != held.size:
        return OtherSize(held.size)
    if new.size == held.size and new.root != held.root:
        return TwoRoots(held, asked.note)
    try:
        verify_consistency(held.size, held.root, new.size, new.root, asked.proof)
    except Refused as refused:
        return Unproven(str(refused))
    if now < held.time - CLOCK_SECONDS:
        return ClockBehind()
    return Cosign(Held(new.size, new.root, max(now, held.time), asked.note))
