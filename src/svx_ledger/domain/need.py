"""Needs: what a project lacks, in one measure and unit, and how it would be put to use.

*Proposed → Approved*, then listed in at most one auction at a time and committed to by the
pledges of the contracts that follow. What no pledge covers is outstanding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, assert_never

from .actor import Actor
from .form import (
    AuctionId,
    Code,
    Measure,
    Name,
    NeedId,
    OrganisationId,
    PersonId,
    PledgeId,
    ProjectId,
    Quantity,
    Reason,
    Unit,
)
from .kind import Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_authority, unless_community, unless_verified
from .place import Place
from .project import Project
from .rule import SAME_PERSON, WRONG_STATE, Rule
from .uk_calendar import uk_date

NOTHING_ASKED = Rule(
    "nothing-asked",
    "A need asks for more than nothing.",
    "State how much is needed.",
)
NEEDED_IN_THE_PAST = Rule(
    "needed-in-the-past",
    "A need can still be met: its date is today or later.",
    "Give the day by which help would still be of use.",
)
APPROVES_OWN_NEED = Rule(
    "approves-own-need",
    "Nobody approves a need of its own organisation.",
    "Ask an authority with no part in the project.",
    "forbidden",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What a need is about, by a code in a named scheme, e.g. `ToMs` / `NT11`."""

    scheme: Code
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedProposed(Event):
    """A project said what it lacks, and what local know-how would make of it.

    `use` says what it would be used for, `delivered_by` who does the work locally, and
    `in_place` what is there already.
    """

    project_id: ProjectId
    organisation_id: OrganisationId
    measure: Measure
    unit: Unit
    quantity: Quantity
    place: Place
    needed_by: date
    theme: Theme
    use: Reason
    delivered_by: Name
    in_place: Reason
    proposed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedApproved(Event):
    """An authority with no part in the project found the need fit to be listed."""

    approved_by: PersonId
    approver_organisation: OrganisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedListed(Event):
    """An auction reserves the need: no other may list it until it is released."""

    auction_id: AuctionId
    relevance: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCommitted(Event):
    """A pledge commits this quantity now; said again for the same pledge, it replaces it."""

    pledge_id: PledgeId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedReleased(Event):
    """The auction reserves the need no longer: what is outstanding may be listed again."""

    auction_id: AuctionId


NeedEvent = NeedProposed | NeedApproved | NeedListed | NeedCommitted | NeedReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need as the rules see it; `commitments` holds each pledge's quantity in force."""

    project_id: str
    organisation_id: str
    measure: str
    unit: str
    quantity: Decimal
    place: Place
    theme: Theme
    needed_by: date
    proposed_by: str
    phase: Literal["proposed", "approved"] = "proposed"
    listed_in: str | None = None
    commitments: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def outstanding(self) -> Decimal:
        """The quantity that no pledge in force covers."""
        return self.quantity - sum(self.commitments.values())


def evolve(need: Need | None, event: NeedEvent) -> Need:
    """Fold one more fact into the need."""
    if isinstance(event, NeedProposed):
        return Need(
            project_id=event.project_id,
            organisation_id=event.organisation_id,
            measure=event.measure,
            unit=event.unit,
            quantity=event.quantity,
            place=event.place,
            theme=event.theme,
            needed_by=event.needed_by,
            proposed_by=event.proposed_by,
        )
    assert need is not None
    match event:
        case NeedApproved():
            return replace(need, phase="approved")
        case NeedListed(auction_id=auction_id):
            return replace(need, listed_in=auction_id)
        case NeedCommitted(pledge_id=pledge_id, quantity=quantity):
            return replace(need, commitments={**need.commitments, pledge_id: quantity})
        case NeedReleased():
            return replace(need, listed_in=None)
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeNeed(Command):
    """Ask for something that a project lacks."""

    need_id: NeedId
    project_id: ProjectId
    measure: Measure
    unit: Unit
    quantity: Quantity
    place: Place
    needed_by: date
    theme: Theme
    use: Reason
    delivered_by: Name
    in_place: Reason

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new need."""
        del states
        return (self.need_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the project that lacks it."""
        del states
        return (self.project_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Propose a need.

        - The project's organisation proposes it, or the operator on its behalf.
        - It asks for more than nothing.
        - It is needed today (in the United Kingdom) or later.
        """
        project = states.of(Project, self.project_id)
        if refusal := unless_community(actor, project.organisation_id):
            return refusal
        if self.quantity <= 0:
            return NOTHING_ASKED.refuse(quantity=f"{self.quantity:f}", unit=self.unit)
        today = uk_date(now)
        if self.needed_by < today:
            return NEEDED_IN_THE_PAST.refuse(
                needed_by=self.needed_by.isoformat(), today=today.isoformat()
            )
        proposed = NeedProposed(
            project_id=self.project_id,
            organisation_id=project.organisation_id,
            measure=self.measure,
            unit=self.unit,
            quantity=self.quantity,
            place=self.place,
            needed_by=self.needed_by,
            theme=self.theme,
            use=self.use,
            delivered_by=self.delivered_by,
            in_place=self.in_place,
            proposed_by=actor.id,
        )
        return [(self.need_id, proposed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveNeed(Command):
    """Find a need fit to be listed."""

    need_id: NeedId
    approver_organisation: OrganisationId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the need, and the organisation that approves it."""
        del states
        return (self.need_id, self.approver_organisation)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve a need.

        - Nobody approves a need of its own organisation, nor acting on its behalf.
        - A person of the authority named approves.
        - The organisation is an authority, and verified.
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
        if actor.id == need.proposed_by:
            return SAME_PERSON.refuse(person=actor.id)
        if need.phase != "proposed":
            return WRONG_STATE.refuse(state=need.phase, expected="proposed")
        approved = NeedApproved(
            approved_by=actor.id, approver_organisation=self.approver_organisation
        )
        return [(self.need_id, approved)]


EVENTS: tuple[type[NeedEvent], ...] = (
    NeedProposed,
    NeedApproved,
    NeedListed,
    NeedCommitted,
    NeedReleased,
)
KIND = StreamKind("need", Need, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (ProposeNeed, ApproveNeed)
