"""Access: which person may act for which organisation in which role, until when.

*Granted → Revoked.* The ledger records who granted what; the secret that a person logs in
with is never here. What is granted is enforced where people come in, at the interfaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, assert_never

from .actor import Actor, Role
from .form import AccessId, OrganisationId, PersonId, Reason
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .organisation import Organisation, Side
from .permission import unless_acting, unless_verified
from .rule import ROLE_NOT_ALLOWED, SAME_PERSON, WRONG_STATE, Refusal, Rule
from .uk_calendar import uk_date

ACCESS_TAKEN = Rule(
    "access-taken",
    "A person holds a role in an organisation once.",
    "Go on with the grant there is, or revoke it first.",
    "conflict",
)
ACCESS_IN_THE_PAST = Rule(
    "access-in-the-past",
    "Access lasts until today or later.",
    "Give a later day, or none.",
)
ROLE_OF_ANOTHER_SIDE = Rule(
    "role-of-another-side",
    "A person acts in a role of the side that the organisation is on.",
    "Choose a role of that side.",
)

ROLES_OF: Final[Mapping[Side, tuple[Role, ...]]] = {
    "authority": (
        "authority.buyer",
        "authority.assessor",
        "authority.approver",
        "authority.contract_manager",
        "authority.observer",
    ),
    "supplier": ("supplier.bidder", "supplier.signatory"),
    "community": ("community.lead", "community.confirmer"),
    "evaluator": ("evaluator", "auditor", "witness"),
    "operator": ("operator",),
}
"""The roles that people of an organisation may have; the public and the clock are nobody's."""
LEADING: Final[frozenset[Role]] = frozenset(
    {"authority.approver", "supplier.signatory", "community.lead"}
)
"""The roles that the operator grants, and whose holders grant the others of their own."""
BY_OPERATOR: Final[frozenset[Role]] = LEADING | {"evaluator", "auditor", "witness", "operator"}


def access_key(organisation_id: str, person_id: str, role: Role) -> str:
    """Return the unique claim that a person's role in an organisation is."""
    return f"access:{organisation_id}/{person_id}/{role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGranted(Event):
    """A person may act for an organisation in a role, up to and including the day `until`."""

    person_id: PersonId
    organisation_id: OrganisationId
    role: Role
    until: date | None = None
    granted_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Take the role in the organisation for this person."""
        return (Claim(access_key(self.organisation_id, self.person_id, self.role)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRevoked(Event):
    """The person may act in that role no longer."""

    reason: Reason
    person_id: PersonId
    organisation_id: OrganisationId
    role: Role
    revoked_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Free the role: it may be granted anew."""
        key = access_key(self.organisation_id, self.person_id, self.role)
        return (Claim(key, held=False),)


AccessEvent = AccessGranted | AccessRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One grant as the rules see it; whether it has run out is a matter of the clock."""

    person_id: str
    organisation_id: str
    role: Role
    until: date | None
    revoked: bool = False


def evolve(access: Access | None, event: AccessEvent) -> Access:
    """Fold one more fact into the grant."""
    match event:
        case AccessGranted():
            return Access(
                person_id=event.person_id,
                organisation_id=event.organisation_id,
                role=event.role,
                until=event.until,
            )
        case AccessRevoked():
            assert access is not None
            return replace(access, revoked=True)
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAccess(Command):
    """Let a person act for an organisation in a role."""

    access_id: AccessId
    person_id: PersonId
    organisation_id: OrganisationId
    role: Role
    until: date | None = None

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new grant."""
        del states
        return (self.access_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation."""
        del states
        return (self.organisation_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the person's role in the organisation, which is held once."""
        return (access_key(self.organisation_id, self.person_id, self.role),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Grant access.

        - The operator grants the leading roles; who holds one grants those of its own
          organisation.
        - Nobody grants to itself.
        - The organisation is verified.
        - The role is one of the organisation's side.
        - It lasts until today (in the United Kingdom) or later.
        - A person holds a role in an organisation once.
        """
        refusal = _unless_granting(actor, self.organisation_id, self.role)
        if refusal:
            return refusal
        if actor.id == self.person_id:
            return SAME_PERSON.refuse(person=actor.id)
        organisation = states.of(Organisation, self.organisation_id)
        if refusal := unless_verified(organisation, organisation.side):
            return refusal
        if self.role not in ROLES_OF[organisation.side]:
            return ROLE_OF_ANOTHER_SIDE.refuse(role=self.role, side=organisation.side)
        today = uk_date(now)
        if self.until is not None and self.until < today:
            return ACCESS_IN_THE_PAST.refuse(
                until=self.until.isoformat(), today=today.isoformat()
            )
        holder = states.holder(access_key(self.organisation_id, self.person_id, self.role))
        if holder is not None:
            return ACCESS_TAKEN.refuse(access=holder)
        granted = AccessGranted(
            person_id=self.person_id,
            organisation_id=self.organisation_id,
            role=self.role,
            until=self.until,
            granted_by=actor.id,
        )
        return [(self.access_id, granted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAccess(Command):
    """Let a person act in a role no longer, and say why."""

    access_id: AccessId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the grant."""
        del states
        return (self.access_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Revoke access.

        - The operator revokes, or who holds a leading role of the organisation.
        - Access is revoked once.
        """
        del now
        access = states.of(Access, self.access_id)
        refusal = unless_leading(actor, access.organisation_id)
        if refusal and actor.role != "operator":
            return refusal
        if access.revoked:
            return WRONG_STATE.refuse(state="revoked", expected="granted")
        revoked = AccessRevoked(
            reason=self.reason,
            person_id=access.person_id,
            organisation_id=access.organisation_id,
            role=access.role,
            revoked_by=actor.id,
        )
        return [(self.access_id, revoked)]


def _unless_granting(actor: Actor, organisation_id: str, role: Role) -> Refusal | None:
    if actor.role != "operator":
        return unless_leading(actor, organisation_id)
    if role not in BY_OPERATOR:
        return ROLE_NOT_ALLOWED.refuse(allowed=", ".join(sorted(LEADING)), role=actor.role)
    return None


def unless_leading(actor: Actor, organisation_id: str) -> Refusal | None:
    """Refuse all but who holds a leading role of this organisation, acting for it."""
    if actor.role not in LEADING:
        allowed = ", ".join(("operator", *sorted(LEADING)))
        return ROLE_NOT_ALLOWED.refuse(allowed=allowed, role=actor.role)
    return unless_acting(actor, organisation_id, "authority", "supplier", "community")


EVENTS: tuple[type[AccessEvent], ...] = (AccessGranted, AccessRevoked)
KIND = StreamKind("access", Access, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (GrantAccess, RevokeAccess)
