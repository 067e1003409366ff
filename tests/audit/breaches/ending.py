"""Ends and interruptions: voids, lapses, exclusions, outages, and what was hidden read."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from svx_ledger.domain.auction.breaks import SupplierExcluded
from svx_ledger.domain.award.dropping import LapseAward
from svx_ledger.domain.award.events import AssessmentRanked
from svx_ledger.domain.contract.running import ObligationReduced
from svx_ledger.domain.direct_offer import DirectlyOffered
from svx_ledger.domain.exclusion import RequestExclusion
from svx_ledger.domain.observation.events import PublishedAwardRecorded
from svx_ledger.domain.pledge.outcomes import PledgeWrittenOff
from svx_ledger.domain.procurement import ConflictsReviewed
from svx_ledger.domain.procurement.events import ProcurementCompleted
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact

SECOND = timedelta(seconds=1)


@breach("no-outage")
def auction_voided_for_an_outage_that_nobody_recorded(draft: Draft) -> Fact:
    draft.drop(draft.find("ResumeLedger"))
    return draft.find("RequestVoid").first


@breach("hidden-before-close")
def hidden_amounts_read_before_the_close(draft: Draft) -> Fact:
    told = draft.find("ReadHiddenAmounts")
    bid = draft.find("SubmitBid", told.first.stream)
    return draft.move(told, after=bid, at=bid.at + SECOND).first


@breach("role-not-allowed")
def hidden_amounts_read_by_the_operator(draft: Draft) -> Fact:
    return draft.find("ReadHiddenAmounts").by(draft.by("person-operator")).first


@breach("award-unnamed")
def exclusion_that_forgets_the_award(draft: Draft) -> Fact:
    told = draft.find("ApproveExclusion")
    told.facts.remove(told.fact(AssessmentRanked))
    return told.fact(SupplierExcluded).set(award_id=None)


@breach("award-led-to-contract")
def award_lapsed_after_its_contract(draft: Draft) -> Fact:
    lapse = LapseAward(award_id="award-estates", reason="Too late")
    entered = draft.find("EnterContract", "contract-estates")
    second = replace(draft.by("person-marchshire-approver"), id="person-marchshire-second")
    return draft.give(lapse, second, after=entered, as_if_after=draft.before(entered)).first


@breach("wrong-state")
def supplier_excluded_from_what_led_to_a_contract(draft: Draft) -> Fact:
    ask = RequestExclusion(
        auction_id="auction-estates",
        supplier_id="organisation-harle",
        ground="mandatory",
        reason="Too late",
    )
    entered = draft.find("EnterContract", "contract-estates")
    buyer = draft.by("person-marchshire-buyer")
    return draft.give(ask, buyer, after=entered, as_if_after=draft.before(entered)).first


@breach("other-lot")
def rerun_of_another_lots_auction(draft: Draft) -> Fact:
    fact = draft.find("DraftAuction", "auction-pupilsagain").first
    return fact.set(replaces="auction-fleet")


@breach("auctions-unnamed")
def procurement_completed_without_its_auctions(draft: Draft) -> Fact:
    return draft.fact(ProcurementCompleted).set(auctions=())


@breach("auction-runs")
def procurement_completed_while_its_auction_runs(draft: Draft) -> Fact:
    told = draft.find("CompleteProcurement")
    auction = draft.find("QualifySupplier", "auction-catering", -1)
    draft.move(told, after=auction, at=auction.at + SECOND)
    return told.first.set(completed_on=told.at.date())


@breach("observed-elsewhere")
def observed_procurement_acted_in(draft: Draft) -> Fact:
    stream = "procurement-elsewhere"
    observed = draft.find("RecordNotice", stream)
    review = ConflictsReviewed(
        occasion="before-notice",
        findings=(),
        suppliers=(),
        reviewed_by="person-marchshire-buyer",
    )
    told = draft.tell(
        "ReviewConflicts", draft.by("person-marchshire-buyer"), [(stream, review)]
    )
    return draft.put(told, after=observed, at=observed.at + SECOND).first


@breach("statement-recorded")
def published_award_recorded_twice(draft: Draft) -> Fact:
    told = draft.find("RecordPublishedAward")
    again = draft.copy(told)
    assert isinstance(again.first.event, PublishedAwardRecorded)
    return draft.put(again, after=draft.find("RecordRepresentation")).first


@breach("directly-offered.value_pence")
def direct_offer_of_another_value(draft: Draft) -> Fact:
    fact = draft.fact(DirectlyOffered)
    assert isinstance(fact.event, DirectlyOffered)
    return fact.set(value_pence=fact.event.value_pence + 1)


@breach("live-procurement")
def direct_offer_by_a_bidder_of_a_running_auction(draft: Draft) -> Fact:
    """Kitestone bids for the recovery of vehicles, and makes the authority a present."""
    honest = draft.find("OfferDirectly")
    running = draft.find("SubmitBid", "auction-recovery")
    told = draft.copy(honest)
    told.actor = draft.by("person-kitestone-signatory")
    told.first.stream = "direct-offer-present"
    told.first.set(
        supplier_id="organisation-kitestone",
        offered_by=told.actor.id,
        need_id="need-counsel",
        deliver_by=running.at.date() + timedelta(days=30),
        community_id="organisation-quietharbour",
        measure="expert-hour",
        unit="hour",
        quantity=Decimal(10),
        value_pence=101_000,
    )
    return draft.put(told, after=running, at=running.at + SECOND).first


@breach("pledge-written-off.quantity")
def pledge_written_off_below_what_was_claimed(draft: Draft) -> Fact:
    fact = draft.fact(PledgeWrittenOff)
    assert isinstance(fact.event, PledgeWrittenOff)
    return fact.set(quantity=fact.event.quantity - 1)


@breach("obligation-reduced.pledged_pence")
def obligation_reduced_by_less(draft: Draft) -> Fact:
    fact = draft.fact(ObligationReduced)
    assert isinstance(fact.event, ObligationReduced)
    return fact.set(pledged_pence=fact.event.pledged_pence + 1)


@breach("not-found")
def invitation_of_somebody_unknown(draft: Draft) -> Fact:
    fact = draft.find("InviteSupplier", "auction-estates").first
    return fact.set(supplier_id="organisation-nobody")


@breach("already-exists")
def procurement_registered_twice(draft: Draft) -> Fact:
    told = draft.find("RegisterProcurement", "procurement-catering")
    again = draft.copy(told)
    again.first.set(ocid="ocds-demo00-again")
    return draft.put(again, after=told, at=told.at + SECOND).first


@breach("wrong-state")
def auction_drafted_with_a_superseded_table(draft: Draft) -> Fact:
    fact = draft.find("DraftAuction", "auction-fleetagain").first
    return fact.set(proxy_set_id="proxy-set-demo")
