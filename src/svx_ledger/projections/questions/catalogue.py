"""Every question: its verb, its function, its rows, and the columns that a terminal shows."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from . import (
    auditor,
    auditor_persons,
    authority,
    beneficiaries,
    community,
    corrected,
    deliveries,
    departures,
    duties,
    evaluator,
    evidence,
    feedback,
    notices,
    rate_pledges,
    sample,
    screens,
    supplier,
    unmet_needs,
)


class Question(NamedTuple):
    """A question as `svx-ledger report VERB` and `GET /reports/VERB` ask it.

    `row` is what its answer is made of; `shown` are the columns on a terminal, of which CSV and
    JSON have all.
    """

    verb: str
    ask: Callable[..., Any]
    row: type[Any]
    shown: str
    meaning: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in order."""
        return tuple(self.row.__annotations__)


AUTHORITY: Final = (
    Question(
        "closing",
        authority.closing,
        authority.Closing,
        "auction_id lot phase closes_at in_terms moved",
        "Show the auctions that close today, by the UK date, as extended so far.",
    ),
    Question(
        "participants",
        authority.participants,
        authority.Attending,
        "auction_id supplier status accepted_at qualified_at positions",
        "Show who was invited to auctions, who accepted and who is qualified.",
    ),
    Question(
        "standstills",
        authority.standstills,
        authority.Standing,
        "award_id title supplier_id last_day contract_from runs suspended",
        "Show the awards that wait for a contract, with the last day of the standstill.",
    ),
    Question(
        "notices-owed",
        notices.notices_owed,
        notices.NoticeOwed,
        "notice of follows due_by overdue authority_id positions",
        "Show the notices that the law asks for and that are not on record.",
    ),
    Question(
        "due",
        duties.due,
        duties.Duty,
        "supplier due_by state days_overdue measure "
        "unit owed confirmed waiting open open_pence",
        "Show what is due and overdue, by supplier.",
    ),
    Question(
        "unmet",
        unmet_needs.unmet,
        unmet_needs.Unmet,
        "police_force local_authority theme measure unit needs listed asked outstanding",
        "Show what is asked for and not covered, by area and theme.",
    ),
    Question(
        "rate-pledges",
        rate_pledges.rate_pledges,
        rate_pledges.RatePledge,
        "contract_id need_id unit rate spend_pence owed cap of_cap reference confirmed",
        "Show what was spent against pledges by the pound, and what is owed for it.",
    ),
)
AUDITOR: Final = (
    Question(
        "rejected-bids",
        auditor.rejected_bids,
        auditor.RejectedBids,
        "rule auction_id supplier_id bids first_at last_at positions",
        "Show the bids that were rejected, by the rule that each broke.",
    ),
    Question(
        "late-bids",
        auditor.late_bids,
        auditor.LateBid,
        "auction_id bid_no supplier_id recorded_at "
        "before_close value_pence rule moved_close_to",
        "Show the bids of the last minutes before the close.",
    ),
    Question(
        "hidden-reads",
        auditor.hidden_reads,
        auditor.HiddenRead,
        "auction_id person_id organisation_id purpose recorded_at positions",
        "Show who read hidden amounts, and what for.",
    ),
    Question(
        "departures",
        departures.departures,
        departures.Departure,
        "award_id recommended passed_over rank points_more ground positions",
        "Show the awards that leave the order of the assessment, and why.",
    ),
    Question(
        "same-person",
        auditor_persons.same_person,
        auditor_persons.SamePerson,
        "check person_id second says positions",
        "Show where one person stands on both sides, or might.",
    ),
    Question(
        "corrections",
        corrected.corrections,
        corrected.Correction,
        "target_id field old new reason requested_by approved_by positions",
        "Show what was corrected in records, and who agreed.",
    ),
    Question(
        "sample",
        sample.sample,
        sample.Sampled,
        "draw penny pledge_id supplier_id measure confirmed_pence first last positions",
        "Draw a monetary-unit sample of confirmed lines from a published seed.",
    ),
    Question(
        "screens",
        screens.screens,
        screens.Screened,
        "screen verdict subject says sample minimum positions",
        "Show patterns that somebody should look at. A flag is not a finding.",
    ),
)
EVALUATOR: Final = (
    Question(
        "lines",
        evaluator.line_ledger,
        evaluator.LedgerLine,
        "auction_id supplier_id need_id offered_pence pledged_pence awarded_pence "
        "claimed_pence confirmed_pence",
        "Show every line with its stages: they sum to the leverage report.",
    ),
    Question(
        "waterfall",
        evaluator.waterfall,
        evaluator.Fall,
        "cohort stage procurements lines gross_pence net_pence of_stage_before",
        "Show how much of each cohort is left from stage to stage.",
    ),
    Question(
        "unconfirmed",
        evidence.unconfirmed,
        evidence.Unconfirmed,
        "pledge_id claim_no supplier_id community_id quantity unit value_pence days state",
        "Show claims that nobody decided for more than 28 days.",
    ),
    Question(
        "shared-evidence",
        evidence.shared_evidence,
        evidence.SharedEvidence,
        "evidence_sha256 pledge_id claim_no quantity value_pence how share positions",
        "Show evidence that serves more than one claim.",
    ),
    Question(
        "exclusions",
        evaluator.exclusions,
        evaluator.Excluded,
        "kind subject says value_pence positions",
        "Show what the leverage report leaves out, and what it flags.",
    ),
    Question(
        "beneficiaries",
        beneficiaries.beneficiaries,
        beneficiaries.Benefit,
        "by category organisations awarded_pence confirmed_pence share suppressed",
        "Show who benefits; cells of fewer than five organisations are held back.",
    ),
)
SUPPLIER: Final = (
    Question(
        "my-bids",
        supplier.my_bids,
        supplier.OwnBid,
        "auction_id phase bid_no recorded_at status rule value_pence rank positions",
        "Show the bids of the supplier that asks, with its rank.",
    ),
    Question(
        "receipts",
        supplier.receipts,
        supplier.Receipt,
        "position stream version type recorded_at leaf salt",
        "Show what proves that the bids of the supplier that asks are in the log.",
    ),
    Question(
        "feedback",
        feedback.feedback,
        feedback.Feedback,
        "award_id rank of social_value price quality total won winner_total positions",
        "Show how the tenders of the supplier that asks were assessed.",
    ),
    Question(
        "owed",
        duties.owed,
        duties.Duty,
        "due_by state measure unit owed "
        "confirmed waiting open open_pence community_id pledge_id",
        "Show what the supplier that asks owes, and what it delivered.",
    ),
)
COMMUNITY: Final = (
    Question(
        "asked",
        community.asked,
        community.Asked,
        "need_id measure unit quantity committed outstanding needed_by state listed_in",
        "Show what the community organisation that asks has asked for.",
    ),
    Question(
        "promised",
        community.promised,
        community.Promised,
        "need_id how supplier measure unit quantity due_by state confirmed waiting pledge_id",
        "Show what was promised to the community organisation that asks.",
    ),
    Question(
        "waiting",
        deliveries.waiting,
        deliveries.Delivery,
        "pledge_id claim_no supplier measure unit quantity period_from period_to claimed_at",
        "Show the claims that wait for the community organisation that asks.",
    ),
    Question(
        "disputes",
        deliveries.disputes,
        deliveries.Delivery,
        "pledge_id claim_no supplier measure unit quantity state confirmed reason",
        "Show the disputes of the community organisation that asks.",
    ),
)
QUESTIONS: Final = (*AUTHORITY, *AUDITOR, *EVALUATOR, *SUPPLIER, *COMMUNITY)
