"""What people do after the bidding, over HTTP, in order."""

from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from svx_ledger.domain.auction.closing import DiscloseAssessment
from svx_ledger.domain.award.announcing import PublishAwardNotice, SendAssessmentSummaries
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.contract.entering import EnterContract
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.uk_calendar import uk_date
from tests.world import DAY

from .cast import Cast
from .steps import Bought, review


async def conclude(cast: Cast, bought: Bought) -> str:
    """Play everything from the ranked bids to a confirmed delivery; return the contract.

    Below the thresholds an award may be announced without a standstill.
    """
    buyer, approver = cast["authority.buyer"], cast["authority.approver"]
    await buyer.give(DiscloseAssessment(auction_id=bought.auction))
    ranked = await buyer.make(RankAssessment, auction_id=bought.auction, cause="auction-closed")
    award = ranked.stream
    await review(cast, bought.procurement, "before-award")
    read = await buyer.client.get(f"/streams/{award}")
    assessed = [tender["supplier_id"] for tender in read["state"]["ranking"]]
    chosen = RecommendAward(award_id=award, supplier_id=assessed[0], grounds=())
    await cast["authority.assessor"].give(chosen)
    await approver.give(ApproveAward(award_id=award, supplier_id=assessed[0]))
    everybody = tuple(assessed)
    await buyer.give(SendAssessmentSummaries(award_id=award, recipients=everybody))
    today = uk_date(datetime.now(UTC))
    notice = PublishAwardNotice(
        award_id=award,
        reference="UK6-1",
        published_on=today,
        calendar="Bank holidays of all UK nations (gov.uk)",
        calendar_version="2026",
        non_working_days=(),
        kind="none",
        ground="Below the thresholds",
    )
    await approver.give(notice)
    entered = await buyer.make(
        EnterContract, award_id=award, period_from=today, period_to=today + 365 * DAY
    )
    pledge = pledge_id_of(entered.stream, bought.need)
    winner = next(one for one in cast.bidders if one.supplier == assessed[0])
    claim = ClaimDelivery(
        pledge_id=pledge,
        quantity=Decimal(40),
        delivered_from=today,
        delivered_to=today,
        evidence_sha256=sha256(b"a receipt (fictional)").hexdigest(),
    )
    await winner.signatory.give(claim)
    confirmed = ConfirmDelivery(pledge_id=pledge, claim_no=1, quantity=Decimal(30))
    await cast["community.confirmer"].give(confirmed)
    return entered.stream
