"""Correcting: one person says what is wrong, a second one of the same organisation agrees."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.corrected import FieldName, RecordCorrected, Stated
from svx_ledger.domain.form import CorrectionId, Reason, StreamName
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.need import Need
from svx_ledger.domain.organisation.connecting import SIDES
from svx_ledger.domain.permission import unless_acting, unless_community
from svx_ledger.domain.project import Project
from svx_ledger.domain.rule import PERIOD_BACKWARDS, SAME_PERSON, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.spend import Spend

from .correctable import Correctable, correctable
from .state import Correction, CorrectionApproved, CorrectionRequested

NOT_CORRECTABLE = Rule(
    "not-correctable",
    "Only a few fields of a few records can be corrected, and none of an auction.",
    "docs/events.md lists them beside `record-corrected.v1`.",
)
CORRECTION_MALFORMED = Rule(
    "correction-malformed",
    "A corrected value has the form that its field must have.",
    "State it as the field is stated in its record.",
    "malformed",
)
CORRECTION_STALE = Rule(
    "correction-stale",
    "A correction replaces what the record says now.",
    "Read the record, and request the correction of what it says.",
    "conflict",
)
CORRECTS_NOTHING = Rule(
    "corrects-nothing",
    "A correction changes what the record says.",
    "State the value that is right.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection(Command):
    """Say that a field of a record is wrong, what it says, and what is right."""

    correction_id: CorrectionId
    target_id: StreamName
    field: FieldName
    old: Stated
    new: Stated
    reason: Reason

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new correction."""
        del states
        return (self.correction_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the record, if anything of its kind can be corrected."""
        del states
        return (self.target_id,) if correctable(self.target_id) else ()

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request a correction.

        - The field is one of those that can be corrected.
        - A person of the organisation whose record it is asks; for a project or a need, the
          operator may on its behalf.
        - The record says now what is to be replaced.
        - What is to be said has the form of the field.
        - It says something else than now.
        - A period does not run backwards.
        """
        del now
        kind = correctable(self.target_id)
        if kind is None or self.field not in kind.fields:
            return NOT_CORRECTABLE.refuse(record=self.target_id, field=self.field)
        record = states.of(kind.state, self.target_id)
        owner = kind.owner_of(self.target_id, record)
        if isinstance(record, (Project, Need)):
            refusal = unless_community(actor, owner)
        else:
            refusal = unless_acting(actor, owner, *SIDES)
        if refusal := refusal or self._unless_sound(kind, record):
            return refusal
        requested = CorrectionRequested(
            target_id=self.target_id,
            field=self.field,
            old=self.old,
            new=self.new,
            reason=self.reason,
            organisation_id=owner,
            requested_by=actor.id,
        )
        return [(self.correction_id, requested)]

    def _unless_sound(self, kind: Correctable, record: object) -> Refusal | None:
        if self.old != kind.said(record, self.field):
            return CORRECTION_STALE.refuse(record=self.target_id, field=self.field)
        if not kind.fields[self.field](self.new):
            return CORRECTION_MALFORMED.refuse(field=self.field)
        if self.new == self.old:
            return CORRECTS_NOTHING.refuse(field=self.field)
        return _unless_forwards(record, self.field, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCorrection(Command):
    """Agree to a correction: the record says from now on what was asked."""

    correction_id: CorrectionId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the correction, and the record that it corrects."""
        if self.correction_id not in states:
            return (self.correction_id,)
        request = states.of(Correction, self.correction_id).request
        return (self.correction_id, request.target_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve a correction.

        - A person of the organisation whose record it is approves.
        - Nobody approves what the same person requested.
        - A correction is approved once.
        - The record still says what is to be replaced.
        - A period does not run backwards, as the record stands now.
        """
        del now
        correction = states.of(Correction, self.correction_id)
        request = correction.request
        if refusal := unless_acting(actor, request.organisation_id, *SIDES):
            return refusal
        if actor.id == request.requested_by:
            return SAME_PERSON.refuse(person=actor.id)
        if correction.phase != "requested":
            return WRONG_STATE.refuse(state=correction.phase, expected="requested")
        kind = correctable(request.target_id)
        assert kind is not None
        record = states.of(kind.state, request.target_id)
        if request.old != kind.said(record, request.field):
            return CORRECTION_STALE.refuse(record=request.target_id, field=request.field)
        if refusal := _unless_forwards(record, request.field, request.new):
            return refusal
        corrected = RecordCorrected(
            correction_id=self.correction_id,
            field=request.field,
            old=request.old,
            new=request.new,
            reason=request.reason,
        )
        return [
            (self.correction_id, CorrectionApproved(approved_by=actor.id)),
            (request.target_id, corrected),
        ]


def _unless_forwards(record: object, field: str, new: str) -> Refusal | None:
    """Refuse a spend's period that would end before it begins."""
    if not isinstance(record, Spend) or field not in ("period_from", "period_to"):
        return None
    begins, ends = record.period_from, record.period_to
    if field == "period_from":
        begins = date.fromisoformat(new)
    else:
        ends = date.fromisoformat(new)
    if begins > ends:
        return PERIOD_BACKWARDS.refuse(
            period_from=begins.isoformat(), period_to=ends.isoformat()
        )
    return None
