"""Organisations: authorities, suppliers, community organisations; registered, then verified.

*Registered → Verified.* An organisation is known by an identifier from an org-id list
(https://org-id.guide); no bid, need or pledge is taken from one that nobody verified.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from .actor import Actor
from .form import Count, Matching, Name, OrganisationId, Reason
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .rule import ROLE_NOT_ALLOWED, WRONG_STATE, Rule

Scheme = Literal["GB-COH", "GB-CHC", "GB-SC", "GB-NIC", "GB-LAE", "GB-LAS", "casc"]
Side = Literal["authority", "supplier", "community", "evaluator", "operator"]

IDENTIFIER_TAKEN = Rule(
    "identifier-taken",
    "One organisation per identifier.",
    "Use the organisation that is registered under it.",
    "conflict",
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
    """An organisation came onto the exchange, under its own statement of who it is."""

    name: Name
    side: Side
    identifiers: Annotated[tuple[Identifier, ...], Count(1, 8)]

    def claims(self) -> tuple[Claim, ...]:
        """Take each identifier for this organisation."""
        return tuple(Claim(identifier.key) for identifier in self.identifiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationVerified(Event):
    """Somebody independent of it checked that the organisation is who it says."""

    basis: Reason


OrganisationEvent = OrganisationRegistered | OrganisationVerified


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation as the rules see it."""

    name: str
    side: Side
    identifiers: tuple[Identifier, ...]
    verified: bool = False


def evolve(organisation: Organisation | None, event: OrganisationEvent) -> Organisation:
    """Fold one more fact into the organisation."""
    match event:
        case OrganisationRegistered(name=name, side=side, identifiers=identifiers):
            return Organisation(name=name, side=side, identifiers=identifiers)
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

        - One organisation per identifier.
        """
        del actor, now
        for identifier in self.identifiers:
            holder = states.holder(identifier.key)
            if holder is not None:
                return IDENTIFIER_TAKEN.refuse(identifier=identifier.key, organisation=holder)
        registered = OrganisationRegistered(
            name=self.name, side=self.side, identifiers=self.identifiers
        )
        return [(self.organisation_id, registered)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOrganisation(Command):
    """Record that an organisation is who it says it is, and how that was checked."""

    organisation_id: OrganisationId
    basis: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation."""
        del states
        return (self.organisation_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Verify an organisation.

        - The operator or an authority verifies.
        - Nobody verifies its own organisation.
        - An organisation is verified once.
        """
        del now
        organisation = states.of(Organisation, self.organisation_id)
        if actor.side not in ("operator", "authority"):
            return ROLE_NOT_ALLOWED.refuse(allowed="operator, authority", role=actor.role)
        if actor.involves(self.organisation_id):
            return VERIFIES_ITSELF.refuse(organisation=self.organisation_id)
        if organisation.verified:
            return WRONG_STATE.refuse(state="verified", expected="registered")
        return [(self.organisation_id, OrganisationVerified(basis=self.basis))]


EVENTS: tuple[type[OrganisationEvent], ...] = (OrganisationRegistered, OrganisationVerified)
KIND = StreamKind("organisation", Organisation, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (RegisterOrganisation, VerifyOrganisation)
