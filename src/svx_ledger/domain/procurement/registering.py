"""Registering a procurement: what is bought, in which lots, under which OCID."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import Name, OrganisationId, Points, ProcurementId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_authority, unless_verified
from svx_ledger.domain.rule import Rule

from .events import (
    AreaCodes,
    Lots,
    Nation,
    Ocid,
    Policy,
    ProcurementRegistered,
    Regime,
    ocid_key,
)

OCID_TAKEN = Rule(
    "ocid-taken",
    "One procurement per OCID, for life.",
    "Use the procurement that is registered under it.",
    "conflict",
)
LOT_TWICE = Rule(
    "lot-twice",
    "The lots of a procurement have different codes.",
    "Give each lot its own code.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterProcurement(Command):
    """Bring a buying exercise onto the exchange."""

    procurement_id: ProcurementId
    ocid: Ocid
    title: Name
    authority_id: OrganisationId
    acts_for: AreaCodes
    lots: Lots
    regime: Regime
    nation: Nation
    policy: Policy
    social_value_weight: Points

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new procurement."""
        del states
        return (self.procurement_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the authority that buys."""
        del states
        return (self.authority_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the OCID, which may be registered once."""
        return (ocid_key(self.ocid),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Register a procurement.

        - A buyer of the authority registers it.
        - The organisation is an authority.
        - The organisation is verified.
        - One procurement per OCID, for life.
        - The lots have different codes.
        """
        del now
        if refusal := unless_authority(actor, self.authority_id, "authority.buyer"):
            return refusal
        organisation = states.of(Organisation, self.authority_id)
        if refusal := unless_verified(organisation, "authority"):
            return refusal
        holder = states.holder(ocid_key(self.ocid))
        if holder is not None:
            return OCID_TAKEN.refuse(ocid=self.ocid, procurement=holder)
        if len({lot.lot for lot in self.lots}) < len(self.lots):
            return LOT_TWICE.refuse(lots=len(self.lots))
        registered = ProcurementRegistered(
            ocid=self.ocid,
            title=self.title,
            authority_id=self.authority_id,
            acts_for=self.acts_for,
            lots=self.lots,
            regime=self.regime,
            nation=self.nation,
            policy=self.policy,
            social_value_weight=self.social_value_weight,
        )
        return [(self.procurement_id, registered)]


COMMANDS: tuple[type[Command], ...] = (RegisterProcurement,)
