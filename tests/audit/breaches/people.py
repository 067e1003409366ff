"""Acts that take two people, done by one; and acts of people whose act it is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from svx_ledger.domain.access import AccessGranted
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.correction import CorrectionRequested
from svx_ledger.domain.organisation import (
    DeclareConnection,
    OrganisationRegistered,
    OrganisationVerified,
)
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact, Told
from tests.audit.honest import CATERING_PLEDGE

MINUTE = timedelta(minutes=1)


def alone(draft: Draft, asking: str, agreeing: str, stream: str = "") -> Fact:
    """Let who asked agree as well, in the role of who did."""
    asked, agreed = draft.find(asking, stream), draft.find(agreeing, stream)
    return _as(agreed, asked.actor)


def _as(told: Told, person: Actor) -> Fact:
    """Let somebody have done this in the role and for the organisation of who did."""
    return told.by(replace(told.actor, id=person.id)).first


@breach("same-person")
def need_approved_by_who_proposed_it(draft: Draft) -> Fact:
    return alone(draft, "ProposeNeed", "ApproveNeed")


@breach("same-person")
def rules_frozen_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestFreeze", "ApproveFreeze")


@breach("same-person")
def supplier_excluded_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestExclusion", "ApproveExclusion")


@breach("same-person")
def bidding_resumed_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestResume", "ApproveResume")


@breach("same-person")
def auction_voided_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestVoid", "ApproveVoid")


@breach("same-organisation")
def auction_voided_by_one_organisation(draft: Draft) -> Fact:
    approver = draft.by("person-marchshire-approver")
    told = draft.find("ApproveVoid").by(approver)
    return told.first.set(approving_organisation=approver.organisation)


@breach("same-person")
def award_recommended_and_approved_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RecommendAward", "ApproveAward", "award-estates")


@breach("same-person")
def contract_varied_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestVariation", "ApproveVariation")


@breach("same-person")
def pledge_written_off_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestWriteOff", "ApproveWriteOff")


@breach("same-person")
def record_corrected_by_one_person(draft: Draft) -> Fact:
    return alone(draft, "RequestCorrection", "ApproveCorrection")


@breach("same-person")
def delivery_confirmed_by_who_claimed_it(draft: Draft) -> Fact:
    """A person of the supplier who has a role in the community organisation as well."""
    return alone(draft, "ClaimDelivery", "ConfirmDelivery", CATERING_PLEDGE)


@breach("same-person")
def dispute_resolved_by_who_raised_it(draft: Draft) -> Fact:
    return alone(draft, "DisputeDelivery", "ResolveDispute")


@breach("same-person")
def award_lapsed_by_who_dropped_the_winner(draft: Draft) -> Fact:
    return alone(draft, "WithdrawTender", "LapseAward")


@breach("same-person")
def organisation_reinstated_by_who_suspended_it(draft: Draft) -> Fact:
    return alone(draft, "SuspendOrganisation", "ReinstateOrganisation")


@breach("same-person")
def access_granted_to_oneself(draft: Draft) -> Fact:
    told = draft.find("GrantAccess", nth=1)
    return told.first.set(person_id=told.actor.id)


@breach("not-yours")
def access_granted_by_a_stranger(draft: Draft) -> Fact:
    stranger = draft.by("person-fenmarsh-approver")
    return draft.find("GrantAccess", nth=1).by(stranger).first


@breach("access-taken")
def access_granted_twice(draft: Draft) -> Fact:
    first, second = (draft.find("GrantAccess", nth=nth).first for nth in (1, 2))
    assert isinstance(first.event, AccessGranted)
    return second.set(person_id=first.event.person_id, role=first.event.role)


@breach("not-yours")
def key_registered_by_a_stranger(draft: Draft) -> Fact:
    stranger = draft.by("person-harle-signatory")
    return draft.find("RegisterKey").by(stranger).first


@breach("verifies-itself")
def organisation_verified_by_itself(draft: Draft) -> Fact:
    told = draft.find("VerifyOrganisation", "organisation-brackwater")
    fact = told.by(draft.by("person-brackwater-signatory")).first
    return fact.set(verifier_id="organisation-brackwater")


@breach("verifies-itself")
def organisation_verified_by_its_group(draft: Draft) -> Fact:
    """Gannet is connected with the authority that reinstates it."""
    told = draft.find("ReinstateOrganisation")
    tie = DeclareConnection(
        organisation_id="organisation-gannet",
        connected_to="organisation-marchshire",
        nature="parent",
    )
    operator = draft.by("person-operator")
    draft.give(tie, operator, after=draft.before(told), at=told.at - MINUTE)
    fact = told.by(draft.by("person-marchshire-approver")).first
    return fact.set(authority_id="organisation-marchshire")


@breach("verifier-unnamed")
def authority_verifies_without_its_name(draft: Draft) -> Fact:
    told = draft.find("VerifyOrganisation", "organisation-ropewalk")
    return told.fact(OrganisationVerified).set(verifier_id=None)


@breach("identifier-taken")
def identifier_registered_twice(draft: Draft) -> Fact:
    first, second = (draft.find("RegisterOrganisation", nth=nth).first for nth in (0, 1))
    assert isinstance(first.event, OrganisationRegistered)
    return second.set(identifiers=first.event.identifiers)


@breach("not-correctable")
def close_of_an_auction_corrected(draft: Draft) -> Fact:
    fact = draft.fact(CorrectionRequested)
    return fact.set(
        target_id="auction-estates",
        field="closes_at",
        old="2025-06-19T12:00:00.000000Z",
        new="2025-06-19T12:10:00.000000Z",
    )


@breach("correction-stale")
def correction_of_what_the_record_never_said(draft: Draft) -> Fact:
    return draft.fact(CorrectionRequested).set(old="4121")


@breach("record-corrected.new")
def correction_other_than_requested(draft: Draft) -> Fact:
    return draft.fact(RecordCorrected).set(new="1421")


@breach("record-corrected-missing")
def correction_that_never_reached_the_record(draft: Draft) -> Fact:
    told = draft.find("ApproveCorrection")
    told.facts.remove(told.fact(RecordCorrected))
    return told.first


@breach("still-retained")
def texts_erased_before_their_time(draft: Draft) -> Fact:
    told = draft.find("EraseSubject", CATERING_PLEDGE)
    told.at = datetime(2028, 7, 13, 12, tzinfo=UTC)
    return told.first


@breach("role-not-allowed")
def texts_erased_by_the_supplier(draft: Draft) -> Fact:
    told = draft.find("EraseSubject", CATERING_PLEDGE)
    return told.by(draft.by("person-harle-signatory")).first


@breach("already-open")
def ledger_opened_twice(draft: Draft) -> Fact:
    told = draft.find("OpenLedger")
    again = draft.copy(told)
    again.first.stream = "ledger-second"
    return draft.put(again, after=told).first


@breach("approves-own-need")
def need_approved_by_its_own_organisation(draft: Draft) -> Fact:
    told = draft.find("ApproveNeed")
    proposed = draft.find("ProposeNeed").actor
    told.actor = replace(told.actor, organisation=proposed.organisation)
    return told.first


@breach("role-not-allowed")
def observer_acts(draft: Draft) -> Fact:
    told = draft.find("OpenAuction", "auction-estates")
    told.actor = replace(told.actor, role="authority.observer")
    return told.first
