"""Proposing a need: a project says what it lacks, and what it would do with it."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Measure, Name, NeedId, ProjectId, Quantity, Reason, Unit
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_community, unless_verified
from svx_ledger.domain.place import Place
from svx_ledger.domain.project import Project
from svx_ledger.domain.rule import Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import NeedProposed, Theme

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
        """Return the project that lacks it, and its organisation."""
        if self.project_id not in states:
            return (self.project_id,)
        return (self.project_id, states.of(Project, self.project_id).organisation_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Propose a need.

        - The project's organisation proposes it, or the operator on its behalf.
        - The organisation is still verified, and not suspended.
        - It asks for more than nothing.
        - It is needed today (in the United Kingdom) or later.
        """
        project = states.of(Project, self.project_id)
        if refusal := unless_community(actor, project.organisation_id):
            return refusal
        community = states.of(Organisation, project.organisation_id)
        if refusal := unless_verified(community, "community"):
            return refusal
        if self.quantity <= 0:
            return NOTHING_ASKED.refuse(quantity=self.quantity, unit=self.unit)
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
