"""Three procurements side by side, with whatever of the odd things is asked for (fictional).

The first is delivered, the second comes to its award, the third to its ranking. Of each of the
`FEATURES` a history has it or has it not, so that any two of them meet.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.breaks import AuctionVoided
from svx_ledger.domain.auction.events import BidLine, BidsRanked, RankedBid
from svx_ledger.domain.award.events import AssessmentRanked, AwardLapsed
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.contract.ending import CompleteContract
from svx_ledger.domain.contract.invoicing import RecordContractInvoice
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.kind import Event
from svx_ledger.domain.leverage import k
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute, WithdrawClaim
from svx_ledger.domain.pledge.releasing import ReleasePledge
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.spend import RecordAdministrationCost, RecordExchangeSpend, RecordInput
from svx_ledger.projections.leverage.pricing import Price
from svx_ledger.projections.leverage.valuing import Restatement
from tests.domain.auction.scene import TERMS
from tests.domain.outcome import OPERATOR
from tests.projections.deal import OPENS_AT, REFERENCE_PENCE, UNITS, Deal
from tests.projections.play import SECOND, Play

FEATURES: Final = (
    *("rated", "ranked-again", "lapsed", "approved-again", "varied-up", "varied-down"),
    *("over", "disputed", "resolved", "withdrawn", "released", "completed"),
    *("voided", "voided-late", "spent", "corrected"),
)
Features = frozenset[str]
EVERYTHING: Final[Features] = frozenset(FEATURES) - {"voided-late"}
BEFORE_APRIL: Final = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
"""31 March 23:30 on a clock in London."""
ON_REFERENCE: Final = replace(TERMS, reference_spend_pence=REFERENCE_PENCE)
Line = tuple[str, str | None]
"""A quantity, and a rate by the pound where it has one."""


def happened(play: Play, *events: tuple[str, Event]) -> None:
    """Put events on the log as they are, each a second after the last."""
    for stream, event in events:
        play.now += SECOND
        play._record(stream, event, OPERATOR, ("Example", 1, 1))


def voided(deal: Deal) -> AuctionVoided:
    """The end of a deal's auction."""
    return AuctionVoided(
        request_no=1,
        ground="fault",
        reason="The wrong table (fictional)",
        approved_by="person-x",
        approving_organisation=deal.evaluator,
        procurement_id=deal.procurement,
        lot="1",
    )


def assessed_again(deal: Deal) -> AssessmentRanked:
    """A new ranking, which undoes an approval."""
    return AssessmentRanked(
        auction_id=deal.auction,
        cause="auction-closed",
        procurement_id=deal.procurement,
        lot="1",
        authority_id=deal.authority,
        ranking=(),
    )


def bid(deal: Deal, supplier: str, lines: Mapping[str, Line]) -> None:
    """A bid of fixed lines and lines at a rate."""
    said = tuple(
        BidLine(
            need_id=deal.need(measure),
            unit=UNITS[measure],
            quantity=Decimal(quantity),
            rate=None if rate is None else Decimal(rate),
        )
        for measure, (quantity, rate) in lines.items()
    )
    command = SubmitBid(auction_id=deal.auction, supplier_id=supplier, lines=said)
    deal.play.do(command, deal.bidder(supplier), OPENS_AT)


def claim(deal: Deal, measure: str, quantity: str, at: datetime | None = None) -> int:
    """A claim of the winner; its number."""
    pledge = deal.play.world.streams[deal.pledge(measure)]
    assert isinstance(pledge, Pledge)
    claimed = ClaimDelivery(
        pledge_id=deal.pledge(measure),
        quantity=Decimal(quantity),
        delivered_from=date(2026, 3, 25),
        delivered_to=date(2026, 3, 30),
        evidence_sha256=f"{len(deal.play.log):064x}",
    )
    deal.play.do(claimed, deal.bidder(deal.winner), at or BEFORE_APRIL)
    return pledge.claims + 1


def confirm(
    deal: Deal, measure: str, number: int, quantity: str, *, at: datetime | None = None
) -> None:
    """The community organisation confirms so much of a claim."""
    confirmed = ConfirmDelivery(
        pledge_id=deal.pledge(measure), claim_no=number, quantity=Decimal(quantity)
    )
    deal.play.do(confirmed, deal.lead, at)


def delivered(deal: Deal, measure: str, quantity: str, at: datetime | None = None) -> None:
    """A claim, and it is confirmed."""
    confirm(deal, measure, claim(deal, measure, quantity, at), quantity, at=at)


def spent(deal: Deal, kind: str, pounds: int, until: date, *, allocated: bool = True) -> str:
    """A record of spend for the month up to a day; its id."""
    spend_id = f"spend-{len(deal.play.log):04d}"
    stated = {
        "spend_id": spend_id,
        "payer_id": deal.authority,
        "procurement_id": deal.procurement if allocated else None,
        "period_from": until - timedelta(days=30),
        "period_to": until,
        "amount_pence": 100 * pounds + 1,
    }
    match kind:
        case "exchange":
            recording = RecordExchangeSpend(invoice=f"INV-{spend_id}", **stated)  # type: ignore[arg-type]
            deal.play.do(recording, deal.buyer)
        case "administration":
            deal.play.do(RecordAdministrationCost(basis="Time sheets", **stated), deal.buyer)  # type: ignore[arg-type]
        case _:
            put_in = RecordInput(what="staff-time", basis="Time sheets", **stated)  # type: ignore[arg-type]
            deal.play.do(put_in, deal.buyer)
    return spend_id


def corrected(deal: Deal, spend_id: str, field: str, *, old: str, new: str) -> None:
    """A correction of a record of spend, by two people."""
    correction = f"correction-{len(deal.play.log):04d}"
    request = RequestCorrection(
        correction_id=correction,
        target_id=spend_id,
        field=field,
        old=old,
        new=new,
        reason="Read wrongly off the invoice",
    )
    deal.play.do(request, deal.buyer)
    second = deal.person("authority.approver")
    deal.play.do(ApproveCorrection(correction_id=correction), second)


def halves(price: Price) -> Price | None:
    """Other prices: an odd one for each measure, none for laptops."""
    if price.measure == "laptop":
        return None
    return price._replace(
        proxy_set_id="proxy-set-other",
        pounds_per_unit=price.pounds_per_unit / 2 + Decimal("0.005"),
        k=k(Decimal("0.1234"), Decimal("0.3"), Decimal("0.01")),
    )


ODD = Restatement(name="halves", by=halves)


@cache
def played(having: Features) -> tuple[Play, Deal, Deal, Deal]:
    """Return a history with these features. Not to be played on."""
    play = Play()
    deals = first, second, third = tuple(Deal(play, f"000{n}") for n in (1, 2, 3))
    for deal in deals:
        deal.prepare()
        if "spent" in having:
            _spent(deal, having)
    for deal in deals:
        deal.draft(under=ON_REFERENCE if "rated" in having else TERMS)
    for n, deal in enumerate(deals):
        _bid(deal, str(1_000 - n), having)
    for deal in deals:
        deal.close()
    if "ranked-again" in having:
        ranking = (RankedBid(rank=1, supplier_id=first.winner, bid_no=3, value_pence=90_000),)
        happened(play, (first.auction, BidsRanked(ranking=ranking)))
    for deal in (first, second):
        deal.disclose()
        deal.approve()
    if "lapsed" in having:
        lapsed = AwardLapsed(reason="Nobody signed", lapsed_by="person-x")
        happened(play, (second.award, lapsed))
    if "approved-again" in having:
        _approved_again(second)
    if "voided" in having:
        happened(play, (third.auction, voided(third)))
    first.announce()
    first.enter()
    _delivered(first, having)
    if "voided-late" in having:
        happened(play, (first.auction, voided(first)))
    return play, first, second, third


def _bid(deal: Deal, cash: str, having: Collection[str]) -> None:
    rate = "0.00000555" if "rated" in having else None
    hours, laptops = ("volunteer", ("77.7", rate)), ("laptop", ("9", None))
    bid(deal, deal.winner, {"cash": ("600", None)})
    bid(deal, deal.rival, dict([("cash", (cash, None)), laptops]))
    more = ("cash", (cash, None)), ("expert", ("55.55", rate))
    bid(deal, deal.winner, dict([*more, hours, laptops]))


def _approved_again(deal: Deal) -> None:
    """The same award again, with one line less."""
    award = deal.play.world.streams[deal.award]
    assert isinstance(award, Award)
    approved = award.approved
    assert approved is not None
    fewer = replace(approved, lines=approved.lines[1:])
    happened(deal.play, (deal.award, assessed_again(deal)), (deal.award, fewer))


def _delivered(deal: Deal, having: Collection[str]) -> None:
    if "varied-down" in having:
        deal.vary({"cash": 700, "laptop": 7})
    if "rated" in having:
        _invoiced(deal, 1, REFERENCE_PENCE // 3)
    delivered(deal, "volunteer", "0.5", BEFORE_APRIL)
    delivered(deal, "volunteer", "0.5")
    delivered(deal, "cash", "300.01", BEFORE_APRIL + timedelta(hours=1))
    if "over" in having:
        delivered(deal, "volunteer", "77.01")
        delivered(deal, "laptop", "11")
    if "rated" in having:
        _invoiced(deal, 2, REFERENCE_PENCE * 3 // 2)
    pledge = deal.pledge("cash")
    if "disputed" in having:
        number = claim(deal, "cash", "200.02")
        deal.play.do(
            DisputeDelivery(pledge_id=pledge, claim_no=number, reason="Never came"), deal.lead
        )
        if "resolved" in having:
            resolve = ResolveDispute(
                pledge_id=pledge, claim_no=number, quantity=Decimal(50), reason="Some did"
            )
            deal.play.do(resolve, deal.person("authority.contract_manager"))
    if "withdrawn" in having:
        number = claim(deal, "cash", "33.33")
        withdraw = WithdrawClaim(pledge_id=pledge, claim_no=number, reason="Twice")
        deal.play.do(withdraw, deal.bidder(deal.winner))
    if "varied-up" in having:
        deal.vary({"cash": 1_200, "laptop": 12})
    if "released" in having:
        deal.play.do(
            ReleasePledge(pledge_id=deal.pledge("expert"), reason="Closed"), deal.buyer
        )
    if "completed" in having:
        deal.play.do(CompleteContract(contract_id=deal.contract, reason="Early"), deal.buyer)


def _invoiced(deal: Deal, number: int, pence: int) -> None:
    invoice = RecordContractInvoice(
        contract_id=deal.contract,
        invoice=f"C-{number}",
        period_from=date(2026, 3, 1),
        period_to=date(2026, 3, 31),
        amount_pence=pence,
    )
    deal.play.do(invoice, deal.buyer)


def _spent(deal: Deal, having: Collection[str]) -> None:
    last = date(2026, 3, 31)
    first = spent(deal, "exchange", 1_000, last)
    spent(deal, "exchange", 50, date(2026, 4, 1))
    spent(deal, "administration", 300, last)
    spent(deal, "input", 70, last)
    spent(deal, "exchange", 20, last, allocated=False)
    if "corrected" in having:
        corrected(deal, first, "amount_pence", old="100001", new="90009")
        corrected(deal, first, "period_to", old="2026-03-31", new="2026-04-02")
        corrected(deal, first, "period_from", old="2026-03-01", new="2026-03-02")
        corrected(deal, first, "amount_pence", old="90009", new="110011")
