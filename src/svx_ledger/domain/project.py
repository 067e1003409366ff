"""Projects: what a community organisation does in a place and wants help with.

*Registered*, once its organisation is verified.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from .actor import Actor
from .corrected import RecordCorrected
from .form import Name, OrganisationId, ProjectId, Reason
from .kind import Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_community, unless_verified
from .place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRegistered(Event):
    """A community organisation showed what it does, and where."""

    organisation_id: OrganisationId
    title: Name
    summary: Reason
    place: Place


ProjectEvent = ProjectRegistered | RecordCorrected


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as the rules see it."""

    organisation_id: str
    title: str
    summary: str
    place: Place


def evolve(project: Project | None, event: ProjectEvent) -> Project:
    """Fold one more fact into the project."""
    match event:
        case ProjectRegistered():
            return Project(
                organisation_id=event.organisation_id,
                title=event.title,
                summary=event.summary,
                place=event.place,
            )
        case RecordCorrected(field=name, new=new):
            assert project is not None
            if name == "title":
                return replace(project, title=new)
            return replace(project, summary=new)  # these two can be corrected
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterProject(Command):
    """Bring a project onto the exchange."""

    project_id: ProjectId
    organisation_id: OrganisationId
    title: Name
    summary: Reason
    place: Place

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new project."""
        del states
        return (self.project_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation whose project it is."""
        del states
        return (self.organisation_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Register a project.

        - The community organisation registers it, or the operator on its behalf.
        - The organisation is a community organisation.
        - The organisation is verified.
        """
        del now
        if refusal := unless_community(actor, self.organisation_id):
            return refusal
        organisation = states.of(Organisation, self.organisation_id)
        if refusal := unless_verified(organisation, "community"):
            return refusal
        registered = ProjectRegistered(
            organisation_id=self.organisation_id,
            title=self.title,
            summary=self.summary,
            place=self.place,
        )
        return [(self.project_id, registered)]


EVENTS: tuple[type[ProjectEvent], ...] = (ProjectRegistered, RecordCorrected)
KIND = StreamKind("project", Project, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (RegisterProject,)
