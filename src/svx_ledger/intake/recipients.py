"""The recipients of grants: who they are on the exchange; registered, and verified if asked.

A recipient is the organisation that has one of its numbers. What was read is the grant with
its place in a file (`Read`), because whatever is odd about a recipient is said of a grant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import (
    Organisation,
    RegisterOrganisation,
    VerifyOrganisation,
)
from svx_ledger.domain.rule import Refusal
from svx_ledger.ledger import Ledger

from .giving import Step, give
from .grants import Grant
from .naming import named
from .tally import Tally, reason_of


@dataclass(frozen=True, slots=True)
class Read:
    """A grant with where it stands."""

    file: str
    pointer: str
    grant: Grant


class Recipients:
    """Who has which number, and why some could not be registered or verified."""

    def __init__(
        self, ledger: Ledger, actor: Actor, verify_basis: str | None, tally: Tally
    ) -> None:
        self.registered = 0
        self.verified = 0
        self._ledger = ledger
        self._actor = actor
        self._verify_basis = verify_basis
        self._tally = tally
        self._holders = dict(ledger.store.held("identifier:"))
        self._unregistered: dict[str, str] = {}
        """Why the recipient with an identifier could not be registered."""
        self._unverified: dict[str, str] = {}
        """Why an organisation could not be verified."""
        self._noted: set[tuple[str, str]] = set()

    def of(self, grant: Grant) -> str | None:
        """Return the organisation that has one of the recipient's numbers, if any does."""
        keys = (identifier.key for identifier in grant.identifiers)
        return next((self._holders[key] for key in keys if key in self._holders), None)

    def unverified(self, grant: Grant) -> str | None:
        """Return why nothing can be asked for its recipient yet; None where it can."""
        stream = self.of(grant)
        organisation = self._ledger.state(Organisation, stream) if stream else None
        if organisation and organisation.verified and not organisation.suspended:
            return None
        why = self._unverified.get(stream or "")
        return f"{stream} is not verified" + (f": {why}" if why else "")

    def identified(self, read: Read) -> bool:
        """Whether its recipient states a number of a register; else it is rejected."""
        if read.grant.identifiers:
            return True
        reason = "its recipient states no number of a register that the exchange knows"
        self._tally.reject(read.file, read.pointer, reason)
        return False

    def one(self, read: Read, *, imported: bool) -> bool:
        """Whether the recipient is one registered organisation; reject and note what is odd."""
        keys = [identifier.key for identifier in read.grant.identifiers]
        held = {self._holders[key]: key for key in keys if key in self._holders}
        if not held:
            reason = next(self._unregistered[key] for key in keys if key in self._unregistered)
            self._tally.reject(read.file, read.pointer, reason)
        elif len(held) > 1 and not imported:
            both = " and ".join(f"{stream} ({_number(key)})" for stream, key in held.items())
            reason = f"the numbers of its recipient belong to {both}"
            self._tally.reject(read.file, read.pointer, reason)
        else:
            stream = next(iter(held))
            further = [
                k for k in keys if k not in self._holders and (stream, k) not in self._noted
            ]
            self._noted |= {(stream, key) for key in further}
            for key in further:
                remark = f"{stream} is not registered under {_number(key)}, which is stated too"
                self._tally.note(read.file, read.pointer, remark)
            return True
        return False

    def register(self, reads: Sequence[Read]) -> None:
        """Register the recipients that are not known under any of their numbers."""
        new: list[RegisterOrganisation] = []
        for read in reads:
            if self.of(read.grant) is None:
                command = RegisterOrganisation(
                    organisation_id=named("organisation", read.grant.identifiers[0].key),
                    name=read.grant.recipient,
                    side="community",
                    identifiers=read.grant.identifiers,
                )
                new.append(command)
                self._hold(command)
        answers = give(self._ledger, [(command, self._actor) for command in new])
        for command, answer in zip(new, answers, strict=True):
            if isinstance(answer, Refusal):
                self._release(command, reason_of(answer))
            else:
                self.registered += 1

    def verify(self, reads: Sequence[Read]) -> None:
        """Verify the recipients, where whoever imports says how they were checked."""
        if self._verify_basis is None:
            return
        steps: dict[str, Step] = {}
        for read in reads:
            stream = self.of(read.grant)
            state = self._ledger.state(Organisation, stream) if stream else None
            if stream and state and not state.verified:
                basis = self._verify_basis
                command = VerifyOrganisation(organisation_id=stream, basis=basis)
                steps[stream] = (command, self._actor)
        for stream, answer in zip(steps, give(self._ledger, [*steps.values()]), strict=True):
            if isinstance(answer, Refusal):
                self._unverified[stream] = reason_of(answer)
            else:
                self.verified += 1

    def _hold(self, command: RegisterOrganisation) -> None:
        for identifier in command.identifiers:
            self._holders.setdefault(identifier.key, command.organisation_id)

    def _release(self, command: RegisterOrganisation, reason: str) -> None:
        gone = command.organisation_id
        self._unregistered |= {identifier.key: reason for identifier in command.identifiers}
        self._holders = {k: held for k, held in self._holders.items() if held != gone}


def _number(key: str) -> str:
    return key.removeprefix("identifier:")
