"""Observing: the operator records what others published about procurement elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import ProcurementId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.procurement.events import ocid_key
from svx_ledger.domain.procurement.registering import OCID_TAKEN
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, WRONG_STATE, Refusal, Rule

from .events import NoticeRecorded, ProcurementObserved, PublishedAwardRecorded, observed_key
from .state import ObservedProcurement
from .stated import (
    AwardCount,
    Source,
    Stated,
    StatedCode,
    StatedMoney,
    StatedOcid,
    StatedParty,
    StatedTime,
    Suppliers,
    Tags,
)

RELEASE_RECORDED = Rule(
    "release-recorded",
    "A release is recorded once, however often and wherever it is found.",
    "There is nothing to do: the ledger has it.",
    "conflict",
)
STATEMENT_RECORDED = Rule(
    "statement-recorded",
    "What one release states of one award is recorded once.",
    "There is nothing to do: the ledger has it.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveProcurement(Command):
    """Take note of a procurement that takes place elsewhere."""

    procurement_id: ProcurementId
    ocid: StatedOcid
    source: Source
    title: Stated | None = None
    buyer: StatedParty | None = None

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new stream."""
        del states
        return (self.procurement_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the OCID, among the exchange's own and among those observed."""
        return (ocid_key(self.ocid), observed_key(self.ocid))

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Take note of a procurement.

        - The operator does.
        - It is not one of the exchange's own.
        - It is observed on one stream.
        """
        del now
        if refusal := _unless_operator(actor):
            return refusal
        own, observed_as = ocid_key(self.ocid), observed_key(self.ocid)
        holder = states.holder(own) or states.holder(observed_as)
        if holder is not None:
            return OCID_TAKEN.refuse(ocid=self.ocid, procurement=holder)
        observed = ProcurementObserved(
            ocid=self.ocid, source=self.source, title=self.title, buyer=self.buyer
        )
        return [(self.procurement_id, observed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNotice(Command):
    """Record that a release was published, and what it says."""

    observes: ClassVar[bool] = True

    procurement_id: ProcurementId
    source: Source
    release_id: StatedCode | None = None
    tags: Tags = ()
    dated: StatedTime | None = None
    title: Stated | None = None
    buyer: StatedParty | None = None
    status: StatedCode | None = None
    value: StatedMoney | None = None
    least_value: StatedMoney | None = None
    deadline: StatedTime | None = None
    starts: StatedTime | None = None
    ends: StatedTime | None = None
    awards: AwardCount = 0

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement."""
        del states
        return (self.procurement_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record a notice.

        - The operator records it.
        - The procurement is an observed one: the exchange's own has its own notices.
        - A release is recorded once; another one of the same id is a further statement.
        """
        del now
        if refusal := _unless_operator(actor):
            return refusal
        observed = states.known(ObservedProcurement, self.procurement_id)
        if observed is None:
            return WRONG_STATE.refuse(state="registered", expected="observed")
        if self.source.release_sha256 in observed.notices:
            return RELEASE_RECORDED.refuse(release_sha256=self.source.release_sha256)
        recorded = NoticeRecorded(
            source=self.source,
            release_id=self.release_id,
            tags=self.tags,
            dated=self.dated,
            title=self.title,
            buyer=self.buyer,
            status=self.status,
            value=self.value,
            least_value=self.least_value,
            deadline=self.deadline,
            starts=self.starts,
            ends=self.ends,
            awards=self.awards,
        )
        return [(self.procurement_id, recorded)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPublishedAward(Command):
    """Record what a release states of an award."""

    observes: ClassVar[bool] = True

    procurement_id: ProcurementId
    award_id: StatedCode
    source: Source
    suppliers: Suppliers
    release_id: StatedCode | None = None
    released: StatedTime | None = None
    title: Stated | None = None
    status: StatedCode | None = None
    value: StatedMoney | None = None
    dated: StatedTime | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement."""
        del states
        return (self.procurement_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record a published award.

        - The operator records it.
        - The procurement is an observed one: the exchange's own has its own awards.
        - What one release states of one award is recorded once.
        """
        del now
        if refusal := _unless_operator(actor):
            return refusal
        observed = states.known(ObservedProcurement, self.procurement_id)
        if observed is None:
            return WRONG_STATE.refuse(state="registered", expected="observed")
        if (self.award_id, self.source.release_sha256) in observed.awards:
            return STATEMENT_RECORDED.refuse(release_sha256=self.source.release_sha256)
        recorded = PublishedAwardRecorded(
            award_id=self.award_id,
            source=self.source,
            suppliers=self.suppliers,
            release_id=self.release_id,
            released=self.released,
            title=self.title,
            status=self.status,
            value=self.value,
            dated=self.dated,
        )
        return [(self.procurement_id, recorded)]


def _unless_operator(actor: Actor) -> Refusal | None:
    if actor.role != "operator":
        return ROLE_NOT_ALLOWED.refuse(allowed="operator", role=actor.role)
    return None


COMMANDS: tuple[type[Command], ...] = (ObserveProcurement, RecordNotice, RecordPublishedAward)
