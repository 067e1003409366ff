"""Description: how large a community organisation is, who leads it and whom it serves."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import WRONG_SIDE, unless_community
from svx_ledger.domain.rule import Rule

from .codes import Groups, IncomeBand
from .events import OrganisationDescribed
from .state import Organisation

GROUP_TWICE = Rule(
    "group-twice",
    "A description states each group once.",
    "Remove the second one.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeOrganisation(Command):
    """Say how large a community organisation is, who leads it and whom it serves.

    Everything is left to the organisation: nothing stated is as good as anything.
    """

    organisation_id: OrganisationId
    income_band: IncomeBand | None = None
    led_by: Groups
    beneficiary_groups: Groups

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the organisation."""
        del states
        return (self.organisation_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Describe an organisation.

        - It describes itself, or the operator enters what it says.
        - It is a community organisation.
        - Each list states a group once.
        """
        del now
        if refusal := unless_community(actor, self.organisation_id):
            return refusal
        organisation = states.of(Organisation, self.organisation_id)
        if organisation.side != "community":
            return WRONG_SIDE.refuse(expected="community", side=organisation.side)
        for stated in (self.led_by, self.beneficiary_groups):
            if len(set(stated)) < len(stated):
                return GROUP_TWICE.refuse(groups=len(stated))
        described = OrganisationDescribed(
            income_band=self.income_band,
            led_by=self.led_by,
            beneficiary_groups=self.beneficiary_groups,
            described_by=actor.id,
        )
        return [(self.organisation_id, described)]


COMMANDS: tuple[type[Command], ...] = (DescribeOrganisation,)
