"""Organisations: authorities, suppliers, community organisations; registered, then verified.

*Registered → Verified.* An organisation is known by an identifier from an org-id list
(https://org-id.guide); no bid, need or pledge is taken from one that nobody verified.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from .actor import Actor
from .form import Count, Matching, Name, OrganisationId, PersonId, Reason
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .permission import unless_acting, unless_verified
from .rule import ROLE_NOT_ALLOWED, SAME_PERSON, WRONG_STATE, Refusal, Rule

Scheme = Literal["GB-COH", "GB-CHC", "GB-SC", "GB-NIC", "GB-LAE", "GB-LAS", "casc"]
Side = Literal["authority", "supplier", "community", "evaluator", "operator"]

IDENTIFIER_TAKEN = Rule(
    "identifier-taken",
    "One organisation per identifier.",
    "Use the organisation that is registered under it.",
    "conflict",
)
IDENTIFIER_TWICE = Rule(
    "identifier-twice",
    "A registration states each identifier once.",
    "Remove the second one.",
)
VERIFIER_UNNAMED = Rule(
    "verifier-unnamed",
    "An authority that verifies says which one it is.",
    "Name your own organisation as the verifier.",
)
VERIFIES_ITSELF = Rule(
    "verifies-itself",
    "Nobody verifies its own organisation.",
    "Ask the operator or an authority to verify it.",
    "forbidden",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A registration number with the list that it stands on."""

    scheme: Scheme
    id: Annotated[str, Matching(r"[A-Z0-9][A-Z0-9./-]{0,39}")]

    @property
    def key(self) -> str:
        """The unique claim that this identifier is."""
        return f"identifier:{self.scheme}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRegistered(Event):
    """An organisation came onto the exchange, under its own statement of who it is.

    `registered_by` is the person who entered it, unless the operator did.
    """

    name: Name
    side: Side
    identifiers: Annotated[tuple[Identifier, ...], Count(1, 8)]
    registered_by: PersonId | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Take each identifier for this organisation."""
        return tuple(Claim(identifier.key) for identifier in self.identifiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationVerified(Event):
    """Somebody independent of it checked that the organisation is who it says.

    `verifier_id` is the authority that did; absent where the operator did for itself.
    """

    basis: Reason
    verifier_id: OrganisationId | None = None


OrganisationEvent = OrganisationRegistered | OrganisationVerified


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation as the rules see it."""

    name: str
    side: Side
    identifiers: tuple[Identifier, ...]
    registered_by: str | None = None
    verified: bool = False


def evolve(organisation: Organisation | None, event: OrganisationEvent) -> Organisation:
    """Fold one more fact into the organisation."""
    match event:
        case OrganisationRegistered():
            return Organisation(
                name=event.name,
                side=event.side,
                identifiers=event.identifiers,
                registered_by=event.registered_by,
            )
        case OrganisationVerified():
            assert organisation is not None
            return replace(organisation, verified=True)
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganisation(Command):
    """Bring an organisation onto the exchange."""

    organisation_id: OrganisationId
    name: Name
    side: Side
    identifiers: Annotated[tuple[Identifier, ...], Count(1, 8)]

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new organisation."""
        del states
        return (self.organisation_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the identifiers, of which each may be registered once."""
        return tuple(identifier.key for identifier in self.identifiers)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Register an organisation.

        - A registration states each identifier once.
        - One organisation per identifier.
        """
        del now
        seen: set[str] = set()
        for identifier in self.identifiers:
            if identifier.key in seen:
                return IDENTIFIER_TWICE.refuse(identifier=identifier.key)
            seen.add(identifier.key)
            holder = states.holder(identifier.key)
            if holder is not None:
                return IDENTIFIER_TAKEN.refuse(identifier=identifier.key, organisation=holder)
        registered = OrganisationRegistered(
            name=self.name,
            side=self.side,
            identifiers=self.identifiers,
            registered_by=None if actor.role == "operator" else actor.id,
        )
        return [(self.organisation_id, registered)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOrganisation(Command):
    """Record that an organisation is who it says it is, and how that was checked.

    `verifier_id` is the verified organisation that says so; only the operator may leave it
    out, since before anybody is verified there is none.
    """

    organisation_id: OrganisationId
    basis: Reason
    verifier_id: OrganisationId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation, and the one that verifies it where it is named."""
        del states
        return tuple(stream for stream in (self.organisation_id, self.verifier_id) if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Verify an organisation.

        - The operator or an authority verifies.
        - Nobody verifies its own organisation.
        - An authority says which one it is, and is itself verified.
        - Nobody verifies what the same person registered.
        - An organisation is verified once.
        """
        del now
        organisation = states.of(Organisation, self.organisation_id)
        if actor.involves(self.organisation_id):
            return VERIFIES_ITSELF.refuse(organisation=self.organisation_id)
        if refusal := self._unless_independent(states, actor):
            return refusal
        if actor.id == organisation.registered_by:
            return SAME_PERSON.refuse(person=actor.id)
        if organisation.verified:
            return WRONG_STATE.refuse(state="verified", expected="registered")
        verified = OrganisationVerified(basis=self.basis, verifier_id=self.verifier_id)
        return [(self.organisation_id, verified)]

    def _unless_independent(self, states: States, actor: Actor) -> Refusal | None:
        if self.verifier_id is not None:
            verifier = states.of(Organisation, self.verifier_id)
            refusal = unless_acting(actor, self.verifier_id, "operator", "authority")
            return refusal or unless_verified(verifier, actor.side)
        if actor.side == "authority":
            return VERIFIER_UNNAMED.refuse(role=actor.role)
        if actor.side != "operator":
            return ROLE_NOT_ALLOWED.refuse(allowed="operator, authority", role=actor.role)
        return None


EVENTS: tuple[type[OrganisationEvent], ...] = (OrganisationRegistered, OrganisationVerified)
KIND = StreamKind("organisation", Organisation, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (RegisterOrganisation, VerifyOrganisation)
