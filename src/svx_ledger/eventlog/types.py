"""The stored name of every event type, and how old versions are read.

Stored names are part of the bytes and never change; a class may be renamed or moved. A field
that is added with a default keeps the version; any other change is a new version with a
function in `UPCASTS` that turns the old data into the new.
"""

from collections.abc import Callable, Mapping
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
from svx_ledger.domain.award import events as award
from svx_ledger.domain.contract import events as contract
from svx_ledger.domain.contract import running
from svx_ledger.domain.kind import Event
from svx_ledger.domain.observation import events as observation
from svx_ledger.domain.pledge import events as pledge
from svx_ledger.domain.pledge import outcomes

from . import malformed as why
from .malformed import malformed

TYPES: Final[Mapping[str, type[Event]]] = {
    "ledger-opened.v1": book.LedgerOpened,
    "clock-step-accepted.v1": book.ClockStepAccepted,
    "ledger-resumed.v1": book.LedgerResumed,
    "log-key-added.v1": book.LogKeyAdded,
    "log-key-revoked.v1": book.LogKeyRevoked,
    "epoch-started.v1": book.EpochStarted,
    "organisation-registered.v1": organisation.OrganisationRegistered,
    "organisation-verified.v1": organisation.OrganisationVerified,
    "organisation-suspended.v1": organisation.OrganisationSuspended,
    "organisation-reinstated.v1": organisation.OrganisationReinstated,
    "connection-declared.v1": organisation.ConnectionDeclared,
    "organisation-described.v1": organisation.OrganisationDescribed,
    "key-registered.v1": organisation.KeyRegistered,
    "key-revoked.v1": organisation.KeyRevoked,
    "participation-began.v1": participations.ParticipationBegan,
    "record-corrected.v1": corrected.RecordCorrected,
    "access-granted.v1": access.AccessGranted,
    "access-revoked.v1": access.AccessRevoked,
    "api-key-issued.v1": api_key.ApiKeyIssued,
    "api-key-revoked.v1": api_key.ApiKeyRevoked,
    "proxy-added.v1": proxies.ProxyAdded,
    "proxy-set-adopted.v1": proxies.ProxySetAdopted,
    "proxy-set-superseded.v1": proxies.ProxySetSuperseded,
    "project-registered.v1": project.ProjectRegistered,
    "need-proposed.v1": need.NeedProposed,
    "need-approved.v1": need.NeedApproved,
    "need-listed.v1": need.NeedListed,
    "need-committed.v1": need.NeedCommitted,
    "need-released.v1": need.NeedReleased,
    "need-relisted.v1": need.NeedRelisted,
    "need-withdrawn.v1": need.NeedWithdrawn,
    "need-offer-accepted.v1": need.NeedOfferAccepted,
    "resource-offered.v1": resource_offer.ResourceOffered,
    "resource-withdrawn.v1": resource_offer.ResourceWithdrawn,
    "directly-offered.v1": direct_offer.DirectlyOffered,
    "offer-accepted.v1": direct_offer.OfferAccepted,
    "offer-declined.v1": direct_offer.OfferDeclined,
    "procurement-registered.v1": procurement.ProcurementRegistered,
    "interest-declared.v1": procurement.InterestDeclared,
    "conflicts-reviewed.v1": procurement.ConflictsReviewed,
    "tender-notice-published.v1": procurement.TenderNoticePublished,
    "notice-published.v1": procurement.NoticePublished,
    "procurement-completed.v1": procurement.ProcurementCompleted,
    "procurement-terminated.v1": procurement.ProcurementTerminated,
    "procurement-observed.v1": observation.ProcurementObserved,
    "notice-recorded.v1": observation.NoticeRecorded,
    "published-award-recorded.v1": observation.PublishedAwardRecorded,
    "auction-drafted.v1": auction.AuctionDrafted,
    "auction-need-added.v1": auction.AuctionNeedAdded,
    "freeze-requested.v1": auction.FreezeRequested,
    "auction-rules-frozen.v1": auction.AuctionRulesFrozen,
    "supplier-invited.v1": auction.SupplierInvited,
    "invitation-accepted.v1": auction.InvitationAccepted,
    "supplier-qualified.v1": auction.SupplierQualified,
    "auction-scheduled.v1": auction.AuctionScheduled,
    "assessment-sealed.v1": auction.AssessmentSealed,
    "auction-opened.v1": auction.AuctionOpened,
    "bid-accepted.v1": auction.BidAccepted,
    "bid-rejected.v1": auction.BidRejected,
    "bid-withdrawn.v1": auction.BidWithdrawn,
    "auction-extended.v1": auction.AuctionExtended,
    "auction-closed.v1": auction.AuctionClosed,
    "bids-ranked.v1": auction.BidsRanked,
    "assessment-disclosed.v1": auction.AssessmentDisclosed,
    "auction-need-removed.v1": breaks.AuctionNeedRemoved,
    "auction-paused.v1": breaks.AuctionPaused,
    "resume-requested.v1": breaks.ResumeRequested,
    "auction-resumed.v1": breaks.AuctionResumed,
    "void-requested.v1": breaks.VoidRequested,
    "auction-voided.v1": breaks.AuctionVoided,
    "auction-cancelled.v1": breaks.AuctionCancelled,
    "auction-unsuccessful.v1": breaks.AuctionUnsuccessful,
    "exclusion-requested.v1": breaks.ExclusionRequested,
    "supplier-excluded.v1": breaks.SupplierExcluded,
    "hidden-amounts-read.v1": breaks.HiddenAmountsRead,
    "lot-released.v1": breaks.LotReleased,
    "auction-concluded.v1": breaks.AuctionConcluded,
    "assessment-ranked.v1": award.AssessmentRanked,
    "award-recommended.v1": award.AwardRecommended,
    "award-approved.v1": award.AwardApproved,
    "assessment-summaries-sent.v1": award.AssessmentSummariesSent,
    "standstill-started.v1": award.StandstillStarted,
    "representation-recorded.v1": award.RepresentationRecorded,
    "proceedings-notified.v1": award.ProceedingsNotified,
    "suspension-lifted.v1": award.SuspensionLifted,
    "tender-withdrawn.v1": award.TenderWithdrawn,
    "award-lapsed.v1": award.AwardLapsed,
    "award-set-aside.v1": award.AwardSetAside,
    "contract-entered.v1": contract.ContractEntered,
    "variation-requested.v1": contract.VariationRequested,
    "contract-varied.v1": contract.ContractVaried,
    "contract-invoice-recorded.v1": running.ContractInvoiceRecorded,
    "evidence-apportioned.v1": running.EvidenceApportioned,
    "kpi-set.v1": running.KpiSet,
    "performance-rated.v1": running.PerformanceRated,
    "obligation-reduced.v1": running.ObligationReduced,
    "contract-completed.v1": running.ContractCompleted,
    "contract-terminated.v1": running.ContractTerminated,
    "pledge-committed.v1": pledge.PledgeCommitted,
    "pledge-varied.v1": pledge.PledgeVaried,
    "pledge-materialised.v1": pledge.PledgeMaterialised,
    "delivery-claimed.v1": pledge.DeliveryClaimed,
    "delivery-confirmed.v1": pledge.DeliveryConfirmed,
    "claim-withdrawn.v1": outcomes.ClaimWithdrawn,
    "delivery-disputed.v1": outcomes.DeliveryDisputed,
    "dispute-resolved.v1": outcomes.DisputeResolved,
    "pledge-defaulted.v1": outcomes.PledgeDefaulted,
    "remedy-agreed.v1": outcomes.RemedyAgreed,
    "write-off-requested.v1": outcomes.WriteOffRequested,
    "pledge-written-off.v1": outcomes.PledgeWrittenOff,
    "pledge-released.v1": outcomes.PledgeReleased,
    "exchange-spend-recorded.v1": spend.ExchangeSpendRecorded,
    "administration-cost-recorded.v1": spend.AdministrationCostRecorded,
    "input-recorded.v1": spend.InputRecorded,
    "indicator-observed.v1": indicator.IndicatorObserved,
    "correction-requested.v1": correction.CorrectionRequested,
    "correction-approved.v1": correction.CorrectionApproved,
    "subject-erased.v1": private.SubjectErased,
}

UPCASTS: Final[Mapping[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]]] = {}
"""Old stored name → (the next version's name, how its data reads there)."""

_NAMES: Final = {cls: name for name, cls in TYPES.items()}


def stored_name(cls: type[Event]) -> str:
    """Return the stored name of an event class."""
    return _NAMES[cls]


def event_type(name: str) -> type[Event]:
    """Return the event class of a stored name; only names in the table are ever looked up."""
    cls = TYPES.get(name)
    if cls is None:
        malformed(why.UNKNOWN_TYPE)
    return cls


def upcast(
    name: str,
    data: dict[str, Any],
    upcasts: Mapping[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = UPCASTS,
) -> tuple[str, dict[str, Any]]:
    """Bring stored data up to the newest version of its type, step by step."""
    while name in upcasts:
        name, step = upcasts[name]
        data = step(data)
    return name, data
