"""One plain sentence for each type of event, from its data as it is stored."""

import string
from collections.abc import Mapping, Sequence
from typing import Any, Final

SENTENCES: Final[Mapping[str, str]] = {
    "ledger-opened.v1": "The ledger was opened as {origin}, with {clock} time.",
    "clock-step-accepted.v1": "A step of the clock to {clock_at:time} was accepted: {reason}",
    "organisation-registered.v1": "{name} was registered ({side}).",
    "organisation-verified.v1": "{stream} was verified: {basis}",
    "proxy-added.v1": "{proxy[measure]}: one {proxy[unit]} is worth £{proxy[pounds_per_unit]}.",
    "proxy-set-adopted.v1": "The proxy set {name} was adopted, with {count} proxies.",
    "project-registered.v1": "{organisation_id} registered the project {title}.",
    "need-proposed.v1": "{project_id} needs {quantity} {unit} ({measure}) by {needed_by}.",
    "need-approved.v1": "{approver_organisation} approved the need.",
    "need-listed.v1": "The need was listed in {auction_id}: {relevance}",
    "need-committed.v1": "{pledge_id} commits {quantity} to the need.",
    "need-released.v1": "{auction_id} reserves the need no longer.",
    "procurement-registered.v1": "{authority_id} registered the procurement {title} ({ocid}).",
    "tender-notice-published.v1": "Tender notice {reference} was published on {published_on}.",
    "auction-drafted.v1": "{authority_id} drafted it for lot {lot} of {procurement_id}.",
    "auction-need-added.v1": "{need_id} was listed, with {outstanding} {unit} outstanding.",
    "freeze-requested.v1": "{requested_by} asked to freeze the rules.",
    "auction-rules-frozen.v1": "{approved_by} froze the rules, for {needs:many} needs.",
    "supplier-invited.v1": "{supplier_id} was invited.",
    "invitation-accepted.v1": "{supplier_id} accepted the invitation.",
    "supplier-qualified.v1": "{supplier_id} was qualified: {basis}",
    "auction-scheduled.v1": "The auction was scheduled.",
    "assessment-sealed.v1": "Price and quality of {scores:many} tenders were sealed.",
    "auction-opened.v1": "The auction was opened.",
    "bid-accepted.v1": "Bid {bid_no} of {supplier_id} was accepted, worth {value_pence:money}.",
    "bid-rejected.v1": "Bid {bid_no} of {supplier_id} was rejected: {rule}.",
    "auction-extended.v1": "Bid {bid_no} extended the auction to {closes_at:time}.",
    "auction-closed.v1": "The auction closed at {closed_at:time}.",
    "bids-ranked.v1": "{ranking:many} bids were ranked.",
    "assessment-disclosed.v1": "The sealed assessment was disclosed.",
    "assessment-ranked.v1": "{ranking:many} tenders for lot {lot} were ranked, {auction_id}.",
    "award-recommended.v1": "{recommended_by} recommended {supplier_id}.",
    "award-approved.v1": "{approved_by} approved {supplier_id}: {value_pence:money} pledged.",
    "assessment-summaries-sent.v1": "{recipients:many} bidders were sent their summaries.",
    "standstill-started.v1": "Notice {reference}: standstill from {first_day} to {last_day}.",
    "contract-entered.v1": "{supplier_id} is bound to {pledged_pence:money} in pledges.",
    "variation-requested.v1": "{requested_by} asked to vary {lines:many} pledges: {ground}",
    "contract-varied.v1": "{pledged_pence_was:money} became {pledged_pence:money}: {ground}",
    "pledge-committed.v1": "{supplier_id} owes {community_id} {quantity} {unit} ({measure}).",
    "pledge-varied.v1": "The pledge was varied from {quantity_was} to {quantity}.",
    "delivery-claimed.v1": "Claim {claim_no}: {quantity} delivered, worth {value_pence:money}.",
    "delivery-confirmed.v1": "Claim {claim_no}: {quantity} confirmed, {counted_pence:money}.",
    "exchange-spend-recorded.v1": "{payer_id} paid {amount_pence:money}, {invoice}.",
    "administration-cost-recorded.v1": "Administration cost {payer_id} {amount_pence:money}.",
}


class _Words(string.Formatter):
    """Formats money, times and counts as people read them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        from svx_ledger.domain.values import pounds

        match format_spec:
            case "money":
                return pounds(value)
            case "time":
                return f"{str(value)[:10]} {str(value)[11:19]}Z"
            case "many":
                return str(len(value))
            case _:
                return str(value)

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        del args
        return kwargs.get(str(key), "?")


_WORDS = _Words()


def sentence(kind: str, stream: str, data: Mapping[str, Any] | None) -> str:
    """Say what an event is about; of a hidden one (no data) only that it happened."""
    if data is None:
        return "Something that is hidden for now."
    said = SENTENCES.get(kind)
    return _WORDS.format(said, **{**data, "stream": stream}) if said else kind
