"""Registration: an organisation comes onto the exchange, by its own statement of who it is."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Name, OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import WRONG_SIDE, unless_verified
from svx_ledger.domain.private import Private
from svx_ledger.domain.rule import Refusal, Rule

from .events import Identifiers, OrganisationRegistered, Side
from .identifying import name_key
from .state import Organisation

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
IDENTIFIER_ADDITIONAL = Rule(
    "identifier-additional",
    "A procurement number (GB-PPON) stands beside another identifier.",
    "State the register that the organisation is on as well.",
)
IDENTIFIER_NOT_ISSUED = Rule(
    "identifier-not-issued",
    "The identifier that the exchange issues is the end of the organisation's own name.",
    "State it as in the name, after `organisation-`, in capitals.",
)
IDENTIFIER_FOR_GROUPS = Rule(
    "identifier-for-groups",
    "An unincorporated group, and no other, has an identifier that the exchange issues.",
    "State an SVX identifier and that the group is unincorporated, or neither.",
)
HOST_FOR_GROUPS = Rule(
    "host-for-groups",
    "Only an unincorporated group has a host body.",
    "Leave the host out, or declare the connection.",
)
HOST_UNFIT = Rule(
    "host-unfit",
    "The host of a group is an incorporated community organisation or an authority.",
    "Name another host, or none.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganisation(Command):
    """Bring an organisation onto the exchange.

    A group that is on no register is `unincorporated`; `host_id` may name a body that is
    verified and answers for it. `contact` says whom to ask for; it is private.
    """

    organisation_id: OrganisationId
    name: Name
    side: Side
    identifiers: Identifiers
    unincorporated: bool | None = None
    host_id: OrganisationId | None = None
    contact: Private | None = None

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new organisation."""
        del states
        return (self.organisation_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the host body, where one is named."""
        del states
        return (self.host_id,) if self.host_id else ()

    def claims(self) -> tuple[str, ...]:
        """Return the identifiers, of which each may be registered once, and the name."""
        return (*(identifier.key for identifier in self.identifiers), name_key(self.name))

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Register an organisation.

        - A registration states each identifier once, however spelled.
        - One organisation per identifier.
        - A procurement number stands beside another identifier.
        - An unincorporated group has an issued identifier, and only such a group.
        - The issued identifier is the end of the organisation's own name.
        - Only an unincorporated group has a host body.
        - An unincorporated group is a community organisation.
        - The host is an incorporated community organisation or an authority.
        - The host is verified.
        - A name that looks like another's is accepted, and flagged.
        """
        del now
        refusal = self._unless_identified(states) or self._unless_grouped()
        if refusal := refusal or self._unless_hosted(states):
            return refusal
        registered = OrganisationRegistered(
            name=self.name,
            side=self.side,
            identifiers=self.identifiers,
            registered_by=None if actor.role == "operator" else actor.id,
            unincorporated=self.unincorporated,
            host_id=self.host_id,
            looks_like=states.holder(name_key(self.name)),
            contact=self.contact,
        )
        return [(self.organisation_id, registered)]

    def _unless_identified(self, states: States) -> Refusal | None:
        seen: set[str] = set()
        for identifier in self.identifiers:
            if identifier.key in seen:
                return IDENTIFIER_TWICE.refuse(identifier=identifier.key)
            seen.add(identifier.key)
            holder = states.holder(identifier.key)
            if holder is not None:
                return IDENTIFIER_TAKEN.refuse(identifier=identifier.key, organisation=holder)
        if all(identifier.scheme == "GB-PPON" for identifier in self.identifiers):
            return IDENTIFIER_ADDITIONAL.refuse(identifier=self.identifiers[0].key)
        return None

    def _unless_grouped(self) -> Refusal | None:
        issued = [identifier for identifier in self.identifiers if identifier.scheme == "SVX"]
        if bool(issued) != bool(self.unincorporated):
            stated = "unincorporated" if self.unincorporated else "incorporated"
            return IDENTIFIER_FOR_GROUPS.refuse(stated=stated, issued=len(issued))
        expected = self.organisation_id.removeprefix("organisation-").upper()
        for identifier in issued:
            if identifier.id != expected:
                return IDENTIFIER_NOT_ISSUED.refuse(stated=identifier.id, expected=expected)
        if self.host_id is not None and not self.unincorporated:
            return HOST_FOR_GROUPS.refuse(host=self.host_id)
        if self.unincorporated and self.side != "community":
            return WRONG_SIDE.refuse(expected="community", side=self.side)
        return None

    def _unless_hosted(self, states: States) -> Refusal | None:
        if self.host_id is None:
            return None
        host = states.of(Organisation, self.host_id)
        if host.unincorporated or host.side not in ("community", "authority"):
            return HOST_UNFIT.refuse(host=self.host_id, side=host.side)
        return unless_verified(host, host.side)


COMMANDS: tuple[type[Command], ...] = (RegisterOrganisation,)
