"""The one table of visibility: the rule of every event type, and of each field of a state.

A type that is not here is hidden from everybody, and fails a test. docs/visibility.md says the
same in words, and a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from svx_ledger.domain import (
    access,
    api_key,
    book,
    corrected,
    correction,
    direct_offer,
    indicator,
    need,
    organisation,
    participations,
    private,
    procurement,
    project,
    proxies,
    resource_offer,
    spend,
)
from svx_ledger.domain.auction import breaks
from svx_ledger.domain.auction import events as auction
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award import events as award
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.contract import events as contract
from svx_ledger.domain.contract import running
from svx_ledger.domain.kind import Event
from svx_ledger.domain.observation import events as observation
from svx_ledger.domain.pledge import events as pledge
from svx_ledger.domain.pledge import outcomes

from .rules import (
    ACCESS,
    BIDDING,
    COMPETES_IN,
    CONFLICTS,
    CORRECTION,
    EXCLUSION,
    FLAG,
    PARTICIPATION,
    PUBLIC,
    RECOMMENDATION,
    RESOURCE,
    SCORES,
    VOIDING,
    Rule,
)

RULES: Final[Mapping[type[Event], Rule]] = {
    book.LedgerOpened: PUBLIC,
    book.ClockStepAccepted: PUBLIC,
    book.LedgerResumed: PUBLIC,
    book.LogKeyAdded: PUBLIC,
    book.LogKeyRevoked: PUBLIC,
    book.EpochStarted: PUBLIC,
    organisation.OrganisationRegistered: PUBLIC,
    organisation.OrganisationVerified: PUBLIC,
    organisation.OrganisationSuspended: PUBLIC,
    organisation.OrganisationReinstated: PUBLIC,
    organisation.ConnectionDeclared: PUBLIC,
    organisation.OrganisationDescribed: PUBLIC,
    organisation.KeyRegistered: PUBLIC,
    organisation.KeyRevoked: PUBLIC,
    participations.ParticipationBegan: COMPETES_IN,
    corrected.RecordCorrected: PUBLIC,
    access.AccessGranted: ACCESS,
    access.AccessRevoked: ACCESS,
    api_key.ApiKeyIssued: ACCESS,
    api_key.ApiKeyRevoked: ACCESS,
    proxies.ProxyAdded: PUBLIC,
    proxies.ProxySetAdopted: PUBLIC,
    proxies.ProxySetSuperseded: PUBLIC,
    project.ProjectRegistered: PUBLIC,
    need.NeedProposed: PUBLIC,
    need.NeedApproved: PUBLIC,
    need.NeedListed: PUBLIC,
    need.NeedCommitted: PUBLIC,
    need.NeedReleased: PUBLIC,
    need.NeedRelisted: PUBLIC,
    need.NeedWithdrawn: PUBLIC,
    need.NeedOfferAccepted: PUBLIC,
    resource_offer.ResourceOffered: RESOURCE,
    resource_offer.ResourceWithdrawn: RESOURCE,
    direct_offer.DirectlyOffered: PUBLIC,
    direct_offer.OfferAccepted: PUBLIC,
    direct_offer.OfferDeclined: PUBLIC,
    procurement.ProcurementRegistered: PUBLIC,
    procurement.InterestDeclared: CONFLICTS,
    procurement.ConflictsReviewed: CONFLICTS,
    procurement.TenderNoticePublished: PUBLIC,
    procurement.NoticePublished: PUBLIC,
    procurement.ProcurementCompleted: PUBLIC,
    procurement.ProcurementTerminated: PUBLIC,
    observation.ProcurementObserved: PUBLIC,
    observation.NoticeRecorded: PUBLIC,
    observation.PublishedAwardRecorded: PUBLIC,
    auction.AuctionDrafted: PUBLIC,
    auction.AuctionNeedAdded: PUBLIC,
    auction.FreezeRequested: PUBLIC,
    auction.AuctionRulesFrozen: PUBLIC,
    auction.SupplierInvited: PARTICIPATION,
    auction.InvitationAccepted: PARTICIPATION,
    auction.SupplierQualified: PARTICIPATION,
    auction.AuctionScheduled: PUBLIC,
    auction.AssessmentSealed: SCORES,
    auction.AuctionOpened: PUBLIC,
    auction.BidAccepted: BIDDING,
    auction.BidRejected: BIDDING,
    auction.BidWithdrawn: BIDDING,
    auction.AuctionExtended: BIDDING,
    auction.AuctionClosed: PUBLIC,
    auction.BidsRanked: PUBLIC,
    auction.AssessmentDisclosed: PUBLIC,
    breaks.AuctionNeedRemoved: PUBLIC,
    breaks.AuctionPaused: PUBLIC,
    breaks.ResumeRequested: PUBLIC,
    breaks.AuctionResumed: PUBLIC,
    breaks.VoidRequested: VOIDING,
    breaks.AuctionVoided: PUBLIC,
    breaks.AuctionCancelled: PUBLIC,
    breaks.AuctionUnsuccessful: PUBLIC,
    breaks.ExclusionRequested: EXCLUSION,
    breaks.SupplierExcluded: PARTICIPATION,
    breaks.HiddenAmountsRead: PUBLIC,
    breaks.LotReleased: PUBLIC,
    breaks.AuctionConcluded: PUBLIC,
    award.AssessmentRanked: PUBLIC,
    award.AwardRecommended: RECOMMENDATION,
    award.AwardApproved: PUBLIC,
    award.AssessmentSummariesSent: PUBLIC,
    award.StandstillStarted: PUBLIC,
    award.RepresentationRecorded: PUBLIC,
    award.ProceedingsNotified: PUBLIC,
    award.SuspensionLifted: PUBLIC,
    award.TenderWithdrawn: PUBLIC,
    award.AwardLapsed: PUBLIC,
    award.AwardSetAside: PUBLIC,
    contract.ContractEntered: PUBLIC,
    contract.VariationRequested: PUBLIC,
    contract.ContractVaried: PUBLIC,
    running.ContractInvoiceRecorded: PUBLIC,
    running.EvidenceApportioned: PUBLIC,
    running.KpiSet: PUBLIC,
    running.PerformanceRated: PUBLIC,
    running.ObligationReduced: PUBLIC,
    running.ContractCompleted: PUBLIC,
    running.ContractTerminated: PUBLIC,
    pledge.PledgeCommitted: PUBLIC,
    pledge.PledgeVaried: PUBLIC,
    pledge.PledgeMaterialised: PUBLIC,
    pledge.DeliveryClaimed: PUBLIC,
    pledge.DeliveryConfirmed: PUBLIC,
    outcomes.ClaimWithdrawn: PUBLIC,
    outcomes.DeliveryDisputed: PUBLIC,
    outcomes.DisputeResolved: PUBLIC,
    outcomes.PledgeDefaulted: PUBLIC,
    outcomes.RemedyAgreed: PUBLIC,
    outcomes.WriteOffRequested: PUBLIC,
    outcomes.PledgeWrittenOff: PUBLIC,
    outcomes.PledgeReleased: PUBLIC,
    spend.ExchangeSpendRecorded: PUBLIC,
    spend.AdministrationCostRecorded: PUBLIC,
    spend.InputRecorded: PUBLIC,
    indicator.IndicatorObserved: PUBLIC,
    correction.CorrectionRequested: CORRECTION,
    correction.CorrectionApproved: PUBLIC,
    private.SubjectErased: PUBLIC,
}

PARTS: Final[Mapping[type[Event], Mapping[str, Rule]]] = {
    auction.SupplierInvited: {"connected_to": FLAG},
}
"""Optional fields of events that not everybody sees who sees the event: other participants."""


def _all(state: type[Any], rule: Rule) -> Mapping[str, Rule]:
    return {field.name: rule for field in fields(state)}


FIELDS: Final[Mapping[type[Any], Mapping[str, Rule]]] = {
    participations.Participations: _all(participations.Participations, COMPETES_IN),
    access.Access: _all(access.Access, ACCESS),
    api_key.ApiKey: _all(api_key.ApiKey, ACCESS),
    resource_offer.ResourceOffer: _all(resource_offer.ResourceOffer, RESOURCE),
    procurement.Procurement: {
        "interests": CONFLICTS,
        "conflicted_persons": CONFLICTS,
        "conflicted_suppliers": CONFLICTS,
        "reviewed_for": CONFLICTS,
        "judged": CONFLICTS,
        "private": CONFLICTS,
    },
    Auction: {
        "participants": PARTICIPATION,
        "scores": SCORES,
        "withdrawn": BIDDING,
        "extensions": BIDDING,
        "bids": BIDDING,
        "standing": BIDDING,
        "rejections": BIDDING,
        "ranking": BIDDING,
        "accepted": BIDDING,
        "requests": VOIDING,
        "void_request": VOIDING,
        "exclusion_requests": EXCLUSION,
    },
    Award: {"recommended": RECOMMENDATION},
    correction.Correction: {"request": CORRECTION},
}
"""What is not everybody's of the states that things have come to; every other field is."""
