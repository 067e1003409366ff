"""One procurement after its auction: award, standstill, contract, deliveries, and its cost."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.closing import DiscloseAssessment
from svx_ledger.domain.award.announcing import PublishAwardNotice, SendAssessmentSummaries
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.contract.entering import EnterContract
from svx_ledger.domain.contract.events import VariedLine
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.procurement import ReviewConflicts
from svx_ledger.domain.spend import RecordAdministrationCost, RecordExchangeSpend
from svx_ledger.domain.uk_calendar import uk_date

from .announcing import findings
from .scenario import Procurement, Scenario
from .step import Step, paced, person, utc
from .winning import Award, Contract, Delivery, Period, Variation

CALENDAR = "Bank holidays of all UK nations (gov.uk)"


def binding(scenario: Scenario, of: Procurement) -> Iterator[Step]:
    """Give everything after the auction, as far as the story goes."""
    if of.award is not None:
        yield from _awarded(of, of.award)
    if of.award is not None and of.contract is not None:
        yield from _entered(of, of.contract)
        if of.contract.variation is not None:
            yield from _varied(of, of.contract.variation)
        yield from _delivered(scenario, of, of.award.winner, of.contract)
    yield from _paid(of)


def _awarded(of: Procurement, award: Award) -> Iterator[Step]:
    auction, this = f"auction-{of.key}", f"award-{of.key}"
    buyer = person("authority.buyer", of.authority)
    winner = f"organisation-{award.winner}"
    ranked = RankAssessment(award_id=this, auction_id=auction, cause="auction-closed")
    proposed = RecommendAward(award_id=this, supplier_id=winner, grounds=())
    left = (tender.supplier for tender in of.tenders if tender.supplier not in award.excluded)
    everybody = tuple(f"organisation-{supplier}" for supplier in left)
    notice = PublishAwardNotice(
        award_id=this,
        reference=f"UK6-demo-{of.key}",
        published_on=uk_date(utc(award.notice_at)),
        calendar=CALENDAR,
        calendar_version=award.notice_at[:7],
        non_working_days=tuple(map(date.fromisoformat, award.bank_holidays)),
        kind="mandatory" if award.days is None else "voluntary",
        days=award.days,
    )
    reviewed = ReviewConflicts(
        procurement_id=of.procurement_id,
        occasion="before-award",
        findings=findings(of),
        suppliers=(),
    )
    disclosed = DiscloseAssessment(auction_id=auction)
    yield from paced(
        utc(award.ranked_at), (buyer, disclosed), (buyer, ranked), (buyer, reviewed)
    )
    yield Step(utc(award.recommended_at), person("authority.assessor", of.authority), proposed)
    approver = person("authority.approver", of.authority)
    approved = ApproveAward(award_id=this, supplier_id=winner)
    yield Step(utc(award.approved_at), approver, approved)
    summaries = SendAssessmentSummaries(award_id=this, recipients=everybody)
    yield Step(utc(award.summaries_at), buyer, summaries)
    yield Step(utc(award.notice_at), buyer, notice)


def _entered(of: Procurement, contract: Contract) -> Iterator[Step]:
    period = Period.of(contract.period)
    entered = EnterContract(
        contract_id=f"contract-{of.key}",
        award_id=f"award-{of.key}",
        period_from=period.first,
        period_to=period.last,
    )
    yield Step(utc(contract.entered_at), person("authority.buyer", of.authority), entered)


def _varied(of: Procurement, variation: Variation) -> Iterator[Step]:
    this = f"contract-{of.key}"
    request = RequestVariation(
        contract_id=this,
        lines=tuple(
            VariedLine(need_id=f"need-{need}", quantity=Decimal(quantity))
            for need, quantity in variation.lines.items()
        ),
        ground=variation.ground,
        notice=variation.notice,
    )
    manager = person("authority.contract_manager", of.authority)
    approver = person("authority.approver", of.authority)
    yield Step(utc(variation.requested_at), manager, request)
    yield Step(
        utc(variation.approved_at), approver, ApproveVariation(contract_id=this, request_no=1)
    )


def _delivered(
    scenario: Scenario, of: Procurement, supplier: str, contract: Contract
) -> Iterator[Step]:
    community = {n.key: p.party for p in scenario.projects for n in p.needs}
    claims: Counter[str] = Counter()
    for part in sorted(contract.deliveries, key=lambda part: part.claimed_on):
        claims[part.need] += 1
        claim_no = claims[part.need]
        signatory = person("supplier.signatory", supplier)
        claim = _claim(of, part, claim_no)
        alone = part.says if part.confirmed_on is None else ""
        yield Step(_morning(part.claimed_on), signatory, claim, alone)
        if part.confirmed_on is not None and part.confirmed is not None:
            confirm = ConfirmDelivery(
                pledge_id=_pledge(of, part),
                claim_no=claim_no,
                quantity=Decimal(part.confirmed),
            )
            confirmer = _confirmer(of, part, community)
            yield Step(_morning(part.confirmed_on), confirmer, confirm, part.says)


def _claim(of: Procurement, part: Delivery, claim_no: int) -> ClaimDelivery:
    period = Period.of(part.period)
    return ClaimDelivery(
        pledge_id=_pledge(of, part),
        quantity=Decimal(part.claimed),
        delivered_from=period.first,
        delivered_to=period.last,
        evidence_sha256=evidence(part.evidence or f"{of.key}/{part.need}, claim {claim_no}"),
    )


def evidence(of: str) -> str:
    """Return the digest of what would show a delivery, if this were not a story."""
    return sha256(f"evidence of {of} (fictional)".encode()).hexdigest()


def _morning(day: str) -> datetime:
    return utc(f"{day} 10:00")


def _pledge(of: Procurement, part: Delivery) -> str:
    return pledge_id_of(f"contract-{of.key}", f"need-{part.need}")


def _confirmer(of: Procurement, part: Delivery, community: dict[str, str]) -> Actor:
    if part.by == "authority":
        return person("authority.contract_manager", of.authority)
    return person("community.confirmer", community[part.need])


def _paid(of: Procurement) -> Iterator[Step]:
    buyer, payer = person("authority.buyer", of.authority), f"organisation-{of.authority}"
    for n, spent in enumerate(of.spend, start=1):
        period = Period.of(spent.period)
        spend_id, pence = f"spend-{of.key}{n}", 100 * spent.pounds
        if spent.invoice is None:
            cost = RecordAdministrationCost(
                spend_id=spend_id,
                payer_id=payer,
                procurement_id=of.procurement_id,
                period_from=period.first,
                period_to=period.last,
                basis="Time sheets of the commercial team",
                amount_pence=pence,
            )
            yield Step(utc(spent.at), buyer, cost)
            continue
        paid = RecordExchangeSpend(
            spend_id=spend_id,
            payer_id=payer,
            procurement_id=of.procurement_id,
            period_from=period.first,
            period_to=period.last,
            invoice=spent.invoice,
            amount_pence=pence,
        )
        yield Step(utc(spent.at), buyer, paid)
