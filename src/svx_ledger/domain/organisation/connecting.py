"""Connections: ties between two organisations, declared by either or by who knows of them.

An organisation with ties to another is not independent of it: it neither verifies it nor
confirms what it delivered. A connection once declared stays; records are not taken back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import OrganisationId, PersonId
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.permission import unless_acting, unless_verified
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal, Rule

from .events import ConnectionDeclared, Nature, Side
from .state import Organisation

CONNECTED_TO_ITSELF = Rule(
    "connected-to-itself",
    "A connection is between two organisations.",
    "Name the other organisation.",
)
AUTHORITY_DECLARES = Rule(
    "authority-declares",
    "A connection between a supplier and an authority is not declared by the supplier.",
    "Ask the authority, or the operator, to declare it.",
    "forbidden",
)
TOO_MANY_CONNECTIONS = Rule(
    "too-many-connections",
    "An organisation has ties with at most 250 others.",
    "Ask the operator which of the connections matters.",
)
MOST_CONNECTIONS: Final = 250
"""That are declared. A group's host, which its verifier states, is never turned away by it."""
SIDES: tuple[Side, ...] = get_args(Side)


def connected(
    organisation_id: str,
    connected_to: str,
    *,
    nature: Nature,
    declarer_id: OrganisationId | None,
    declared_by: PersonId,
) -> list[tuple[str, Event]]:
    """Return the connection as both streams tell of it."""
    return [
        (
            stream,
            ConnectionDeclared(
                connected_to=other,
                nature=nature,
                declarer_id=declarer_id,
                declared_by=declared_by,
                mirrored=mirrored,
            ),
        )
        for stream, other, mirrored in (
            (organisation_id, connected_to, None),
            (connected_to, organisation_id, True),
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareConnection(Command):
    """Declare that two organisations have ties, and what the other is to the first.

    `declarer_id` is the organisation that declares it; only the operator may leave it out.
    """

    organisation_id: OrganisationId
    connected_to: OrganisationId
    nature: Nature
    declarer_id: OrganisationId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return both organisations, and the one that declares it where it is named."""
        del states
        named = (self.organisation_id, self.connected_to, self.declarer_id)
        return tuple(stream for stream in named if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Declare a connection.

        - Either organisation's own people, an authority or the operator declare it.
        - The organisation that declares it is verified.
        - A connection is between two organisations.
        - One between a supplier and an authority is not declared by the supplier, which could
          else rid itself of whoever looks into it.
        - Each has ties with at most 250 others.
        """
        del now
        if refusal := self._unless_theirs(states, actor):
            return refusal
        if self.organisation_id == self.connected_to:
            return CONNECTED_TO_ITSELF.refuse(organisation=self.organisation_id)
        if refusal := self._unless_authority_declares(states) or self._unless_many(states):
            return refusal
        return connected(
            self.organisation_id,
            self.connected_to,
            nature=self.nature,
            declarer_id=self.declarer_id,
            declared_by=actor.id,
        )

    def _unless_theirs(self, states: States, actor: Actor) -> Refusal | None:
        if self.declarer_id is None:
            if actor.role == "operator":
                return None
            return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
        declarer = states.of(Organisation, self.declarer_id)
        if self.declarer_id in (self.organisation_id, self.connected_to):
            refusal = unless_acting(actor, self.declarer_id, *SIDES)
            return refusal or unless_verified(declarer, declarer.side)
        refusal = unless_acting(actor, self.declarer_id, "authority")
        return refusal or unless_verified(declarer, "authority")

    def _unless_authority_declares(self, states: States) -> Refusal | None:
        ends = (self.organisation_id, self.connected_to)
        sides = {states.of(Organisation, end).side for end in ends}
        if self.declarer_id is None or sides != {"supplier", "authority"}:
            return None
        if states.of(Organisation, self.declarer_id).side == "supplier":
            return AUTHORITY_DECLARES.refuse(declarer=self.declarer_id)
        return None

    def _unless_many(self, states: States) -> Refusal | None:
        for end, other in (
            (self.organisation_id, self.connected_to),
            (self.connected_to, self.organisation_id),
        ):
            ties = states.of(Organisation, end).connections
            if other not in ties and len(ties) >= MOST_CONNECTIONS:
                return TOO_MANY_CONNECTIONS.refuse(organisation=end, connections=len(ties))
        return None


COMMANDS: tuple[type[Command], ...] = (DeclareConnection,)
