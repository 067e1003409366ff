"""The stored name of every event type, and how old versions are read.

Stored names are part of the bytes and never change; a class may be renamed or moved. A field
that is added with a default keeps the version; any other change is a new version with a
function in `UPCASTS` that turns the old data into the new.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from svx_ledger.domain import book, need, organisation, procurement, project, proxies, spend
from svx_ledger.domain.auction import events as auction
from svx_ledger.domain.award import events as award
from svx_ledger.domain.contract import events as contract
from svx_ledger.domain.kind import Event
from svx_ledger.domain.pledge import events as pledge

from . import malformed as why
from .malformed import malformed

TYPES: Final[Mapping[str, type[Event]]] = {
    "ledger-opened.v1": book.LedgerOpened,
    "clock-step-accepted.v1": book.ClockStepAccepted,
    "organisation-registered.v1": organisation.OrganisationRegistered,
    "organisation-verified.v1": organisation.OrganisationVerified,
    "proxy-added.v1": proxies.ProxyAdded,
    "proxy-set-adopted.v1": proxies.ProxySetAdopted,
    "project-registered.v1": project.ProjectRegistered,
    "need-proposed.v1": need.NeedProposed,
    "need-approved.v1": need.NeedApproved,
    "need-listed.v1": need.NeedListed,
    "need-committed.v1": need.NeedCommitted,
    "need-released.v1": need.NeedReleased,
    "procurement-registered.v1": procurement.ProcurementRegistered,
    "tender-notice-published.v1": procurement.TenderNoticePublished,
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
    "auction-extended.v1": auction.AuctionExtended,
    "auction-closed.v1": auction.AuctionClosed,
    "bids-ranked.v1": auction.BidsRanked,
    "assessment-disclosed.v1": auction.AssessmentDisclosed,
    "assessment-ranked.v1": award.AssessmentRanked,
    "award-recommended.v1": award.AwardRecommended,
    "award-approved.v1": award.AwardApproved,
    "assessment-summaries-sent.v1": award.AssessmentSummariesSent,
    "standstill-started.v1": award.StandstillStarted,
    "contract-entered.v1": contract.ContractEntered,
    "variation-requested.v1": contract.VariationRequested,
    "contract-varied.v1": contract.ContractVaried,
    "pledge-committed.v1": pledge.PledgeCommitted,
    "pledge-varied.v1": pledge.PledgeVaried,
    "delivery-claimed.v1": pledge.DeliveryClaimed,
    "delivery-confirmed.v1": pledge.DeliveryConfirmed,
    "exchange-spend-recorded.v1": spend.ExchangeSpendRecorded,
    "administration-cost-recorded.v1": spend.AdministrationCostRecorded,
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
