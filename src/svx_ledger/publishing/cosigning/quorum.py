"""From a checkpoint that the log signed to one that a quorum of witnesses has seen."""

from collections.abc import Callable
from typing import Protocol

from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.cosignature import stated_time
from svx_ledger.proofs.notes.keys import signatures_of_keys
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.tree.reading import StoredTree

from .witnesses import Cosigned


class Cosigning(Protocol):
    """Who asks witnesses, see `witnesses.Witnesses`."""

    def cosign(
        self, note: bytes, prove: Callable[[int], list[bytes]], *, head: int = 0
    ) -> Cosigned:
        """Ask for cosignatures of a note until there is a quorum. Raises Forked, Refused."""


class Quorum:
    """The witnesses of a policy.

    `failures` counts, by the name of a witness's key, how often it was asked and did not
    cosign. One that was not waited for, as enough others had, does not count.
    """

    def __init__(self, policy: Policy, witnesses: Cosigning) -> None:
        self._policy = policy
        self._witnesses = witnesses
        self.failures = {one.key.name: 0 for one in policy.witnesses.values()}

    @property
    def asks_witnesses(self) -> bool:
        """Whether the policy needs any cosignature, as all do but those with `quorum none`."""
        return not self._policy.satisfied_by(())

    def has(self, note: bytes) -> bool:
        """Whether a note has lines of enough witnesses; those of ours were checked before."""
        keys = {witness.key: name for name, witness in self._policy.witnesses.items()}
        found = signatures_of_keys(parse_note(note), keys)
        return self._policy.satisfied_by({keys[key] for key, _ in found})

    def ask(self, note: bytes, tree: StoredTree, head: int) -> Cosigned:
        """Ask the witnesses about a note, whoever of them answers.

        Raises Forked; NotPublished for a note that they cannot be asked about.
        """
        try:
            cosigned = self._witnesses.cosign(note, tree.growth_from, head=head)
        except Refused as fault:
            raise NotPublished(str(fault)) from None
        for name in cosigned.failures:
            self.failures[self._policy.witnesses[name].key.name] += 1
        return cosigned

    def complete(self, note: bytes, tree: StoredTree, head: int) -> bytes:
        """Return the note with a quorum of cosignatures. Raises Forked, NotPublished."""
        cosigned = self.ask(note, tree, head)
        if not cosigned.complete:
            why = "; ".join(f"{name}: {why}" for name, why in cosigned.failures.items())
            raise NotPublished(
                f"too few witnesses cosigned the head of {tree.size} records ({why}). It is "
                "signed and kept; run again when they answer, or change the policy"
            )
        return cosigned.note

    def newest_time(self, note: bytes) -> int:
        """Return when a witness says to have seen a note last (Unix seconds); 0 for never."""
        keys = [witness.key for witness in self._policy.witnesses.values()]
        found = signatures_of_keys(parse_note(note), keys)
        return max((stated_time(line) or 0 for _, line in found), default=0)
