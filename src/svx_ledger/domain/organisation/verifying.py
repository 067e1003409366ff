"""Verification: somebody independent vouches for an organisation, suspends it, reinstates it.

*Registered → Verified → Suspended → Verified.* Who has its name corrected is *Registered*
again: it was checked under the other one.
"""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import OrganisationId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_acting, unless_verified
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, SAME_PERSON, WRONG_STATE, Refusal, Rule

from .connecting import connected
from .events import OrganisationReinstated, OrganisationSuspended, OrganisationVerified
from .state import Organisation

VERIFIER_UNNAMED = Rule(
    "verifier-unnamed",
    "An authority that verifies says which one it is.",
    "Name your own organisation as the verifier.",
)
VERIFIES_ITSELF = Rule(
    "verifies-itself",
    "Nobody verifies its own organisation, nor one that it has ties with.",
    "Ask the operator or an authority without ties to verify it.",
    "forbidden",
)
GROUP_WITHOUT_HOST = Rule(
    "group-without-host",
    "An unincorporated group without a host body is verified by an authority.",
    "Ask an authority that knows the group to verify it.",
)


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
        """Return the organisation, its host, and the one that verifies it if named."""
        host = None
        if self.organisation_id in states:
            host = states.of(Organisation, self.organisation_id).host_id
        named = (self.organisation_id, self.verifier_id, host)
        return tuple(stream for stream in named if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Verify an organisation.

        - Nobody verifies its own organisation, nor one with ties to it.
        - The operator or an authority verifies.
        - An authority says which one it is, and is itself verified.
        - Nobody verifies what the same person registered.
        - An organisation is verified once, and again after its name was corrected.
        - A group without a host is verified by an authority.
        - The host of a group is still verified, and is connected with it from now on.
        """
        del now
        organisation = states.of(Organisation, self.organisation_id)
        refusal = unless_independent(
            states, actor, organisation_id=self.organisation_id, named=self.verifier_id
        )
        if refusal:
            return refusal
        if actor.id == organisation.registered_by:
            return SAME_PERSON.refuse(person=actor.id)
        if organisation.verified:
            return WRONG_STATE.refuse(state="verified", expected="registered")
        verified = OrganisationVerified(basis=self.basis, verifier_id=self.verifier_id)
        return self._with_host(verified, organisation, states, actor)

    def _with_host(
        self, verified: OrganisationVerified, group: Organisation, states: States, actor: Actor
    ) -> Decision:
        if group.host_id is None:
            if group.unincorporated and actor.side != "authority":
                return GROUP_WITHOUT_HOST.refuse(role=actor.role)
            return [(self.organisation_id, verified)]
        host = states.of(Organisation, group.host_id)
        if refusal := unless_verified(host, host.side):
            return refusal
        return [
            (self.organisation_id, verified),
            *connected(
                self.organisation_id,
                group.host_id,
                nature="host",
                declarer_id=self.verifier_id,
                declared_by=actor.id,
            ),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendOrganisation(Command):
    """Keep an organisation out of everything new, and say why.

    `authority_id` is the authority that does; only the operator leaves it out.
    """

    organisation_id: OrganisationId
    reason: Reason
    authority_id: OrganisationId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation, and the authority where one is named."""
        del states
        return tuple(stream for stream in (self.organisation_id, self.authority_id) if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Suspend an organisation.

        - Nobody suspends its own organisation, nor acting on its behalf.
        - The operator or an authority suspends, with ties to it or without: see
          `unless_vouching`. Who is suspended could else have declared the tie.
        - It is verified, and not suspended.
        """
        del now
        organisation = states.of(Organisation, self.organisation_id)
        if actor.involves(self.organisation_id):
            return VERIFIES_ITSELF.refuse(organisation=self.organisation_id)
        refusal = unless_vouching(states, actor, self.authority_id)
        if refusal := refusal or unless_verified(organisation, organisation.side):
            return refusal
        suspended = OrganisationSuspended(
            reason=self.reason, authority_id=self.authority_id, suspended_by=actor.id
        )
        return [(self.organisation_id, suspended)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinstateOrganisation(Command):
    """Let a suspended organisation take part again, and say why.

    `authority_id` is the authority that does; only the operator leaves it out.
    """

    organisation_id: OrganisationId
    reason: Reason
    authority_id: OrganisationId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation, and the authority where one is named."""
        del states
        return tuple(stream for stream in (self.organisation_id, self.authority_id) if stream)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Reinstate an organisation.

        - Whoever may verify it may reinstate it: see `unless_independent`.
        - It is suspended.
        - Nobody reinstates what the same person suspended.
        """
        del now
        organisation = states.of(Organisation, self.organisation_id)
        refusal = unless_independent(
            states, actor, organisation_id=self.organisation_id, named=self.authority_id
        )
        if refusal:
            return refusal
        if not organisation.suspended:
            state = "verified" if organisation.verified else "registered"
            return WRONG_STATE.refuse(state=state, expected="suspended")
        if actor.id == organisation.suspended_by:
            return SAME_PERSON.refuse(person=actor.id)
        reinstated = OrganisationReinstated(
            reason=self.reason, authority_id=self.authority_id, reinstated_by=actor.id
        )
        return [(self.organisation_id, reinstated)]


def unless_independent(
    states: States, actor: Actor, *, organisation_id: str, named: str | None
) -> Refusal | None:
    """Refuse all but the operator or an authority that has no ties with the organisation.

    - Nobody vouches for its own organisation, nor acting on its behalf.
    - Nobody vouches for one that its own has ties with, a group's host included.
    - What holds for all who vouch: see `unless_vouching`.
    """
    organisation = states.of(Organisation, organisation_id)
    for mine in (actor.organisation, actor.on_behalf_of):
        if mine and (mine == organisation_id or mine in organisation.affiliates):
            return VERIFIES_ITSELF.refuse(organisation=mine)
    return unless_vouching(states, actor, named)


def unless_vouching(states: States, actor: Actor, named: str | None) -> Refusal | None:
    """Refuse all but the operator or an authority.

    - An authority names itself, acts for itself alone, and is verified.
    """
    if named is not None:
        refusal = unless_acting(actor, named, "operator", "authority")
        return refusal or unless_verified(states.of(Organisation, named), actor.side)
    if actor.side == "authority":
        return VERIFIER_UNNAMED.refuse(role=actor.role)
    if actor.side != "operator":
        return ROLE_NOT_ALLOWED.refuse(allowed="operator, authority", role=actor.role)
    return None


COMMANDS: tuple[type[Command], ...] = (
    VerifyOrganisation,
    SuspendOrganisation,
    ReinstateOrganisation,
)
