"""The whole of a published log: its head, all that is under it, what was before, its age."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from svx_ledger.proofs.files.published_log import PublishedLog
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.policy import Policy, Trusted
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .heads import head_of, require_not_behind, require_prefix
from .rebuilding import rebuild

AHEAD_SECONDS: Final = 300
"""How far ahead of the clock here a witness's clock may be."""

Watch = Callable[[Iterable[int], int], Iterable[int]]
"""Passes on how many leaves are done, of how many, and may show it."""


def unwatched(done: Iterable[int], _: int) -> Iterable[int]:
    """Show nothing."""
    return done


@dataclass(frozen=True, slots=True)
class LogVerified:
    """A log in which every entry hashes into the tree under a head that is trusted.

    `note` is that head as it was signed; `kept` is the head that was remembered of this log
    before, which is a beginning of it.
    """

    trusted: Trusted
    note: bytes
    kept: Checkpoint | None

    @property
    def head(self) -> Checkpoint:
        """The head under which everything was checked."""
        return self.trusted.checkpoint


def verify_log(
    log: PublishedLog,
    note: bytes,
    policy: Policy,
    *,
    kept: bytes | None = None,
    watch: Watch = unwatched,
    processes: int = 1,
) -> LogVerified:
    """Check the head `note` of a log, and all entries and tiles under it.

    `kept` is the signed head that was remembered of this log. Raises Refused: SVX201 and SVX202
    where the head is not to be trusted, SVX102, SVX103 and SVX104 where it does not go on from
    the kept one, and whatever `rebuild` finds.
    """
    trusted = policy.open(note)
    head = trusted.checkpoint
    before = None if kept is None else head_of(kept)
    if before is not None:
        require_not_behind(before, head)
        require_prefix(before, TiledTree(head.size, head.root, log.tile))
    for _ in watch(rebuild(log, head, processes), head.size):
        pass
    return LogVerified(trusted, note, before)


def require_fresh(trusted: Trusted, now: int, most_seconds: int) -> None:
    """Accept a head that every witness counted here has seen within the last seconds.

    Raises Refused (SVX501) where one did not, where no witness says when it was seen, and where
    one says so of a time that is still to come: it would stay fresh for as long as it likes.
    """
    if not trusted.cosigned:
        raise Refused(Code.STALE, "no trusted witness says when it saw this head")
    ahead = max(trusted.cosigned.values()) - now
    if ahead > AHEAD_SECONDS:
        raise Refused(Code.STALE, f"its head was cosigned {ahead} seconds from now")
    age = now - min(trusted.cosigned.values())
    if age > most_seconds:
        raise Refused(Code.STALE, f"its head was cosigned {age} seconds ago")
