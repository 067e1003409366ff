"""Approving a need: an authority with no part in the project finds it fit to be listed."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import NeedId, OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_authority, unless_verified
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Rule

from .events import NeedApproved
from .state import Need

APPROVES_OWN_NEED = Rule(
    "approves-own-need",
    "Nobody approves a need of its own organisation.",
    "Ask an authority with no part in the project.",
    "forbidden",
)
APPROVER_CONNECTED = Rule(
    "approver-connected",
    "Nobody approves a need of an organisation that it is connected with, or hosts.",
    "Ask an authority with no ties to the organisation.",
    "forbidden",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveNeed(Command):
    """Find a need fit to be listed."""

    need_id: NeedId
    approver_organisation: OrganisationId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need, and the organisations that approve it and that have it."""
        named = (self.need_id, self.approver_organisation)
        if self.need_id not in states:
            return named
        return (*named, states.of(Need, self.need_id).organisation_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve a need.

        - Nobody approves a need of its own organisation, nor acting on its behalf.
        - A person of the authority named approves.
        - The organisation is an authority, and verified.
        - The need's organisation is still verified, and not suspended.
        - The authority has no connection with it, declared by either (invariant 20).
        - Nobody approves what the same person proposed.
        - A need is approved once.
        """
        del now
        need = states.of(Need, self.need_id)
        if actor.involves(need.organisation_id):
            return APPROVES_OWN_NEED.refuse(organisation=need.organisation_id)
        approver = states.of(Organisation, self.approver_organisation)
        refusal = unless_authority(actor, self.approver_organisation)
        if refusal := refusal or unless_verified(approver, "authority"):
            return refusal
        community = states.of(Organisation, need.organisation_id)
        if refusal := unless_verified(community, "community"):
            return refusal
        if self.approver_organisation in community.affiliates:
            return APPROVER_CONNECTED.refuse(organisation=need.organisation_id)
        if actor.id == need.proposed_by:
            return SAME_PERSON.refuse(person=actor.id)
        if need.phase != "proposed":
            return WRONG_STATE.refuse(state=need.phase, expected="proposed")
        approved = NeedApproved(
            approved_by=actor.id, approver_organisation=self.approver_organisation
        )
        return [(self.need_id, approved)]
