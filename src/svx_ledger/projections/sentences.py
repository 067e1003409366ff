"""One plain sentence for each type of event, from its data as it is stored."""

import string
from collections.abc import Mapping, Sequence
from typing import Any, Final

SENTENCES: Final[Mapping[str, str]] = {
    "ledger-opened.v1": "The ledger was opened as {origin}, with {clock} time.",
    "clock-step-accepted.v1": "A step of the clock to {clock_at:time} was accepted: {reason}",
    "ledger-resumed.v1": "The ledger was out from {not_accepting_from:time}"
    " to {accepting_again_at:time}.",
    "log-key-added.v1": "The published log is signed with {verifier_key:key}.",
    "log-key-revoked.v1": "{verifier_key:key} signs the published log no longer: {reason}",
    "epoch-started.v1": "After a restore, epoch {epoch} was started, to be signed with"
    " {verifier_key:key}: {reason}",
    "organisation-registered.v1": "{name} was registered ({side}).",
    "organisation-verified.v1": "{stream} was verified: {basis}",
    "organisation-suspended.v1": "{stream} was suspended: {reason}",
    "organisation-reinstated.v1": "{stream} was reinstated: {reason}",
    "connection-declared.v1": "A connection with {connected_to} was declared ({nature}).",
    "organisation-described.v1": "{stream} described itself.",
    "key-registered.v1": "The key {key_id} was registered ({algorithm}).",
    "key-revoked.v1": "The key {key_id} was revoked: {reason}",
    "participation-began.v1": "{stream}: it competes in {auction_id}.",
    "record-corrected.v1": "{field} was corrected from {old} to {new}: {reason}",
    "access-granted.v1": "{person_id} may act for {organisation_id} as {role}.",
    "access-revoked.v1": "{person_id} is {role} of {organisation_id} no longer: {reason}",
    "api-key-issued.v1": "A key of {person_id}, {role} of {organisation_id}, was issued until"
    " {expires_at:time}.",
    "api-key-revoked.v1": "The key of {person_id}, {role} of {organisation_id}, was revoked:"
    " {reason}",
    "proxy-added.v1": "{proxy[measure]}: one {proxy[unit]} is worth £{proxy[pounds_per_unit]}.",
    "proxy-set-adopted.v1": "The proxy set {name} was adopted, with {count} proxies.",
    "proxy-set-superseded.v1": "{superseded_by} took its place: {reason}",
    "project-registered.v1": "{organisation_id} registered the project {title}.",
    "need-proposed.v1": "{project_id} needs {quantity} {unit} ({measure}) by {needed_by}.",
    "need-approved.v1": "{approver_organisation} approved the need.",
    "need-listed.v1": "The need was listed in {auction_id}: {relevance}",
    "need-committed.v1": "{pledge_id} commits {quantity} to the need.",
    "need-released.v1": "{auction_id} reserves the need no longer.",
    "need-relisted.v1": "The need was listed again, in {auction_id}: {relevance}",
    "need-withdrawn.v1": "{quantity} of the need are asked for no longer: {reason}",
    "need-offer-accepted.v1": "{direct_offer_id} covers {quantity} of the need.",
    "resource-offered.v1": "{supplier_id} could give {quantity} {unit} ({measure}).",
    "resource-withdrawn.v1": "The resource is offered no longer: {reason}",
    "directly-offered.v1": "{supplier_id} offered {quantity} {unit} to {need_id}.",
    "offer-accepted.v1": "The offer of {quantity} was accepted for {need_id}.",
    "offer-declined.v1": "The offer was declined: {reason}",
    "procurement-registered.v1": "{authority_id} registered the procurement {title} ({ocid}).",
    "interest-declared.v1": "{person_id} has an interest in {organisation_id} ({nature}).",
    "conflicts-reviewed.v1": "Conflicts of interest were reviewed ({occasion}).",
    "tender-notice-published.v1": "Tender notice {reference} was published on {published_on}.",
    "notice-published.v1": "Notice {reference} ({notice}) was published on {published_on}.",
    "procurement-completed.v1": "The procurement was completed.",
    "procurement-terminated.v1": "The procurement was terminated ({reference}): {reason}",
    "procurement-observed.v1": "A procurement elsewhere was observed: {ocid}.",
    "notice-recorded.v1": "A notice about it was published: {tags:list}.",
    "published-award-recorded.v1": "Award {award_id} was published; it was decided elsewhere.",
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
    "bid-withdrawn.v1": "Bid {bid_no} of {supplier_id} was withdrawn: {reason}",
    "auction-extended.v1": "Bid {bid_no} extended the auction to {closes_at:time}.",
    "auction-closed.v1": "The auction closed at {closed_at:time}.",
    "bids-ranked.v1": "{ranking:many} bids were ranked.",
    "assessment-disclosed.v1": "The sealed assessment was disclosed.",
    "auction-need-removed.v1": "{need_id} was taken out again.",
    "auction-paused.v1": "The auction was paused at {paused_at:time} ({cause}).",
    "resume-requested.v1": "{requested_by} asked that bidding go on: {reason}",
    "auction-resumed.v1": "Bidding goes on; the close is {closes_at:time}.",
    "void-requested.v1": "{requested_by} asked to void it ({ground}): {reason}",
    "auction-voided.v1": "The auction was voided ({ground}): {reason}",
    "auction-cancelled.v1": "The auction was cancelled: {reason}",
    "auction-unsuccessful.v1": "The auction was unsuccessful: {reason}",
    "exclusion-requested.v1": "{requested_by} asked to exclude {supplier_id} ({ground}).",
    "supplier-excluded.v1": "{supplier_id} was excluded ({ground}): {reason}",
    "hidden-amounts-read.v1": "{read_by} read the hidden amounts: {purpose}",
    "lot-released.v1": "The lot is free: {award_id} came to nothing ({outcome}).",
    "auction-concluded.v1": "The auction led to {contract_id}.",
    "assessment-ranked.v1": "{ranking:many} tenders for lot {lot} were ranked, {auction_id}.",
    "award-recommended.v1": "{recommended_by} recommended {supplier_id}.",
    "award-approved.v1": "{approved_by} approved {supplier_id}: {value_pence:money} pledged.",
    "assessment-summaries-sent.v1": "{recipients:many} bidders were sent their summaries.",
    "standstill-started.v1": "Notice {reference}: standstill from {first_day} to {last_day}.",
    "representation-recorded.v1": "{supplier_id} objected on {received_on} ({subject}).",
    "proceedings-notified.v1": "Proceedings {court_ref} were notified on {notified_on}.",
    "suspension-lifted.v1": "Order {order_ref} lifted the suspension by {court_ref}.",
    "tender-withdrawn.v1": "The tender of {supplier_id} was withdrawn: {reason}",
    "award-lapsed.v1": "The award lapsed: {reason}",
    "award-set-aside.v1": "Order {order_ref} set the award aside.",
    "contract-entered.v1": "{supplier_id} is bound to {pledged_pence:money} in pledges.",
    "variation-requested.v1": "{requested_by} asked to vary {lines:many} pledges: {ground}",
    "contract-varied.v1": "{pledged_pence_was:money} became {pledged_pence:money}: {ground}",
    "contract-invoice-recorded.v1": "Invoice {invoice}: {amount_pence:money} of the contract.",
    "evidence-apportioned.v1": "Evidence was apportioned to {shares:many} pledges.",
    "kpi-set.v1": "The contract is measured by {kpi}: {title}, {goal}",
    "performance-rated.v1": "{kpi} from {period_from} to {period_to}: {rating}.",
    "obligation-reduced.v1": "{pledged_pence_was:money} became {pledged_pence:money}.",
    "contract-completed.v1": "The contract was completed on {completed_on}.",
    "contract-terminated.v1": "The contract ended on {terminated_on} ({ground}): {reason}",
    "pledge-committed.v1": "{supplier_id} owes {community_id} {quantity} {unit} ({measure}).",
    "pledge-varied.v1": "The pledge was varied from {quantity_was} to {quantity}.",
    "pledge-materialised.v1": "{spend_pence:money} of spend make {quantity} owed.",
    "delivery-claimed.v1": "Claim {claim_no}: {quantity} delivered, worth {value_pence:money}.",
    "delivery-confirmed.v1": "Claim {claim_no}: {quantity} confirmed, {counted_pence:money}.",
    "claim-withdrawn.v1": "Claim {claim_no} of {quantity} was withdrawn: {reason}",
    "delivery-disputed.v1": "Claim {claim_no} was disputed ({by}): {reason}",
    "dispute-resolved.v1": "Of disputed claim {claim_no}, {quantity} had arrived: {reason}",
    "pledge-defaulted.v1": "{quantity_open} were not delivered by {due_by}: {reason}",
    "remedy-agreed.v1": "The default is to be made good by {due_by}: {plan}",
    "write-off-requested.v1": "{requested_by} asked to write off what is open: {reason}",
    "pledge-written-off.v1": "What was open was written off; {quantity} stay owed: {reason}",
    "pledge-released.v1": "What was open was released; {quantity} stay owed.",
    "exchange-spend-recorded.v1": "{payer_id} paid {amount_pence:money}, {invoice}.",
    "administration-cost-recorded.v1": "Administration cost {payer_id} {amount_pence:money}.",
    "input-recorded.v1": "{payer_id} put in {what} worth {amount_pence:money}.",
    "indicator-observed.v1": "{indicator} in {area}: {value} {unit}, to {period_to}.",
    "correction-requested.v1": "{requested_by} asked to correct {field} of {target_id}.",
    "correction-approved.v1": "{approved_by} approved the correction.",
    "subject-erased.v1": "Private texts were erased: {commitments:many} ({basis}, {reason}).",
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
            case "key":  # name and key id of a verifier key
                return "+".join(str(value).split("+", 2)[:2])
            case "list":
                return ", ".join(map(str, value)) or "without a tag"
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
