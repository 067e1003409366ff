"""One procurement with all around it, from the first registration to the last delivery.

By default the worked example of leverage; everybody in it is fictional.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from svx_ledger.domain.actor import CLOCK, Actor, Role
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.closing import CloseAuction, DiscloseAssessment
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import BidLine, TenderScore
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import AuctionTerms
from svx_ledger.domain.award.announcing import PublishAwardNotice, SendAssessmentSummaries
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.award.events import Ground
from svx_ledger.domain.contract.entering import EnterContract
from svx_ledger.domain.contract.events import VariedLine
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.listing import ListNeed
from svx_ledger.domain.need import ApproveNeed, ProposeNeed
from svx_ledger.domain.organisation import (
    Identifier,
    RegisterOrganisation,
    Side,
    VerifyOrganisation,
)
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement import (
    Lot,
    PublishTenderNotice,
    RegisterProcurement,
    ReviewConflicts,
)
from svx_ledger.domain.procurement.events import Occasion
from svx_ledger.domain.project import RegisterProject
from svx_ledger.domain.proxies import AdoptProxySet, Proxy
from svx_ledger.domain.spend import RecordAdministrationCost, RecordExchangeSpend
from svx_ledger.domain.uk_calendar import uk_date
from tests.domain.auction.scene import TERMS
from tests.domain.cast import LAPTOPS, PLACE, THEME
from tests.domain.outcome import NOON, OPERATOR

from .play import Play

OPENS_AT = NOON + timedelta(hours=1)
CLOSES_AT = NOON + timedelta(hours=2)
NOTICE_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENTERED_AT = datetime(2026, 3, 21, 12, tzinfo=UTC)
DELIVERED_AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
SPENT_FROM, SPENT_TO = date(2026, 1, 1), date(2026, 3, 31)

REFERENCE_PENCE = 10**9
Quantities = dict[str, int]
PLEDGED: Quantities = {
    "cash": 2_400_000,
    "laptop": 1_100,
    "expert": 12_000,
    "volunteer": 60_000,
}
ASKED = PLEDGED | {"cash": 5_000_000}
AWARDED: Quantities = {
    "cash": 2_200_000,
    "laptop": 1_000,
    "expert": 10_000,
    "volunteer": 50_000,
}
CLAIMED = AWARDED | {"volunteer": 48_000}
CONFIRMED: Quantities = {
    "cash": 2_025_150,
    "laptop": 1_000,
    "expert": 9_000,
    "volunteer": 45_000,
}


def _proxy(measure: str, unit: str, pounds: str, *taken_off: str) -> Proxy:
    deadweight, displacement, attribution = map(Decimal, taken_off)
    return replace(
        LAPTOPS,
        measure=measure,
        unit=unit,
        pounds_per_unit=Decimal(pounds),
        divisible=measure != "laptop",
        points_per_unit=Decimal("0.25"),
        deadweight=deadweight,
        displacement=displacement,
        attribution=attribution,
    )


PROXIES = (
    _proxy("cash", "£", "1", "0", "0", "0"),
    _proxy("laptop", "laptop", "300", "0.10", "0.05", "0"),
    _proxy("expert", "hour", "101", "0.20", "0.10", "0.10"),
    _proxy("volunteer", "hour", "16.93", "0.20", "0", "0.10"),
)
UNITS = {proxy.measure: proxy.unit for proxy in PROXIES}


class Deal:
    """One procurement, its auction with two suppliers, its award and its contract."""

    def __init__(self, play: Play, key: str = "0001", contract_pence: int = 5 * 10**9) -> None:
        self.play = play
        self.key = key
        self.contract_pence = contract_pence
        self.authority = f"organisation-auth{key}"
        self.community = f"organisation-comm{key}"
        self.evaluator = f"organisation-eval{key}"
        self.winner = f"organisation-winner{key}"
        self.rival = f"organisation-rival{key}"
        self.project = f"project-{key}"
        self.proxy_set = f"proxy-set-{key}"
        self.procurement = f"procurement-{key}"
        self.auction = f"auction-{key}"
        self.award = f"award-{key}"
        self.contract = f"contract-{key}"

    def need(self, measure: str) -> str:
        """The need for this measure."""
        return f"need-{self.key}{measure}"

    def pledge(self, measure: str) -> str:
        """The pledge of this measure."""
        return pledge_id_of(self.contract, self.need(measure))

    def person(self, role: Role, organisation: str = "") -> Actor:
        """Somebody in a role, of the authority unless said otherwise."""
        name = f"person-{role.replace('.', '-')}".replace("_", "-")
        return Actor(id=name, role=role, organisation=organisation or self.authority)

    @property
    def buyer(self) -> Actor:
        """Who buys."""
        return self.person("authority.buyer")

    def bidder(self, supplier: str) -> Actor:
        """Who bids for a supplier."""
        return self.person("supplier.bidder", supplier)

    @property
    def lead(self) -> Actor:
        """Who leads the community organisation."""
        return self.person("community.lead", self.community)

    def prepare(self) -> None:
        """Everything up to the tender notice: who takes part, what is needed and bought."""
        sides: dict[str, Side] = {
            self.authority: "authority",
            self.community: "community",
            self.evaluator: "evaluator",
            self.winner: "supplier",
            self.rival: "supplier",
        }
        for organisation, side in sides.items():
            self._register(organisation, side)
        adopt = AdoptProxySet(
            proxy_set_id=self.proxy_set,
            adopter_id=self.evaluator,
            name="Proxies 2025",
            proxies=PROXIES,
        )
        self.play.do(adopt, self.person("evaluator", self.evaluator))
        register = RegisterProject(
            project_id=self.project,
            organisation_id=self.community,
            title="Homework club",
            summary="Evenings",
            place=PLACE,
        )
        self.play.do(register, self.lead)
        for measure, quantity in ASKED.items():
            self._ask(measure, quantity)
        self._buy()

    def draft(self, *, bidder_count_shown: bool = False, under: AuctionTerms = TERMS) -> None:
        """The auction from its draft to its opening, with the assessment sealed."""
        auction, do = self.auction, self.play.do
        terms = replace(
            under,
            bidder_count_shown=bidder_count_shown or under.bidder_count_shown,
            opens_at=OPENS_AT,
            closes_at=CLOSES_AT,
            notice_seconds=0,
            reserve_pence=0,
            soft_close=replace(under.soft_close, hard_stop=CLOSES_AT + timedelta(hours=1)),
        )
        drafted = DraftAuction(
            auction_id=auction,
            procurement_id=self.procurement,
            lot="1",
            proxy_set_id=self.proxy_set,
            terms=terms,
        )
        do(drafted, self.buyer)
        for measure in ASKED:
            need = self.need(measure)
            do(ListNeed(need_id=need, auction_id=auction, relevance="Near"), self.buyer)
        do(RequestFreeze(auction_id=auction, caps=()), self.buyer)
        do(ApproveFreeze(auction_id=auction), self.person("authority.approver"))
        do(ScheduleAuction(auction_id=auction), self.buyer)
        for supplier in (self.winner, self.rival):
            do(InviteSupplier(auction_id=auction, supplier_id=supplier), self.buyer)
            agreed = AcceptInvitation(auction_id=auction, supplier_id=supplier)
            do(agreed, self.bidder(supplier))
            fit = QualifySupplier(auction_id=auction, supplier_id=supplier, basis="Fit")
            do(fit, self.buyer)
        assessor = self.person("authority.assessor")
        scores = tuple(
            TenderScore(supplier_id=supplier, price=Decimal(45), quality=quality)
            for supplier, quality in ((self.winner, Decimal(35)), (self.rival, Decimal(29)))
        )
        sealed = SealAssessment(auction_id=auction, scores=scores, assessors=(assessor.id,))
        do(sealed, assessor)
        do(OpenAuction(auction_id=auction), self.buyer)

    def bid(
        self,
        supplier: str,
        quantities: Quantities,
        at: datetime = OPENS_AT,
        *,
        rate: str | None = None,
    ) -> None:
        """One bid, by measure; with a rate, these are the most that may come of it."""
        by_pound = None if rate is None else Decimal(rate)
        lines = tuple(
            BidLine(
                need_id=self.need(m), unit=UNITS[m], quantity=Decimal(quantity), rate=by_pound
            )
            for m, quantity in quantities.items()
        )
        bid = SubmitBid(auction_id=self.auction, supplier_id=supplier, lines=lines)
        self.play.do(bid, self.bidder(supplier), at)

    def close(self) -> None:
        """The clock closes and ranks."""
        auction = self.play.world.streams[self.auction]
        assert isinstance(auction, Auction)
        close = CloseAuction(auction_id=self.auction, closed_at=auction.closes_at)
        self.play.do(close, CLOCK, auction.closes_at)

    def disclose(self) -> None:
        """The scores come out."""
        self.play.do(DiscloseAssessment(auction_id=self.auction), self.buyer)

    def approve(self, supplier: str = "", ground: str = "") -> None:
        """The award by two people, to the winner unless there is a ground to pass it over."""
        award, do = self.award, self.play.do
        ranked = RankAssessment(award_id=award, auction_id=self.auction, cause="auction-closed")
        do(ranked, self.buyer)
        grounds = (Ground(supplier_id=self.winner, reason=ground),) if ground else ()
        chosen = supplier or self.winner
        proposed = RecommendAward(award_id=award, supplier_id=chosen, grounds=grounds)
        do(proposed, self.person("authority.assessor"))
        self.review("before-award")
        approved = ApproveAward(award_id=award, supplier_id=chosen)
        do(approved, self.person("authority.approver"))

    def review(self, occasion: Occasion) -> None:
        """Nobody has a conflict of interest."""
        reviewed = ReviewConflicts(
            procurement_id=self.procurement, occasion=occasion, findings=(), suppliers=()
        )
        self.play.do(reviewed, self.buyer)

    def announce(self) -> None:
        """The summaries and the notice, which starts the standstill."""
        award, do = self.award, self.play.do
        recipients = (self.winner, self.rival)
        sent = SendAssessmentSummaries(award_id=award, recipients=recipients)
        do(sent, self.buyer, NOTICE_AT)
        notice = PublishAwardNotice(
            award_id=award,
            reference=f"UK6-{self.key}",
            published_on=uk_date(self.play.now),
            calendar="UK bank holidays (union)",
            calendar_version="2026-01",
            non_working_days=(date(2026, 3, 17),),
        )
        do(notice, self.buyer)

    def enter(self) -> None:
        """The contract, the day after the standstill."""
        entered = EnterContract(
            contract_id=self.contract,
            award_id=self.award,
            period_from=date(2026, 4, 1),
            period_to=date(2029, 3, 31),
        )
        self.play.do(entered, self.buyer, ENTERED_AT)

    def vary(self, quantities: Quantities) -> None:
        """A variation, by two people."""
        lines = tuple(
            VariedLine(need_id=self.need(m), quantity=Decimal(quantity))
            for m, quantity in quantities.items()
        )
        request = RequestVariation(contract_id=self.contract, lines=lines, ground="Less spend")
        self.play.do(request, self.buyer)
        self.play.do(
            ApproveVariation(contract_id=self.contract), self.person("authority.approver")
        )

    def deliver(
        self,
        measure: str,
        claimed: float | str,
        confirmed: float | str | None = None,
        since: date = date(2026, 6, 1),
    ) -> None:
        """A claim, and how much of it the community confirms (None: nobody has yet)."""
        pledge_id = self.pledge(measure)
        pledge = self.play.world.streams[pledge_id]
        assert isinstance(pledge, Pledge)
        claim = ClaimDelivery(
            pledge_id=pledge_id,
            quantity=Decimal(claimed),
            delivered_from=since,
            delivered_to=date(2026, 6, 30),
            evidence_sha256=f"{len(self.play.log):064x}",
        )
        self.play.do(claim, self.bidder(self.winner), DELIVERED_AT)
        if confirmed is not None:
            confirm = ConfirmDelivery(
                pledge_id=pledge_id, claim_no=pledge.claims + 1, quantity=Decimal(confirmed)
            )
            self.play.do(confirm, self.lead)

    def spend(self, pounds: int, *, allocated: bool = True) -> None:
        """Exchange spend."""
        spent = RecordExchangeSpend(
            spend_id=f"spend-{len(self.play.log):04d}",
            payer_id=self.authority,
            procurement_id=self.procurement if allocated else None,
            period_from=SPENT_FROM,
            period_to=SPENT_TO,
            invoice=f"INV-{len(self.play.log)}",
            amount_pence=100 * pounds,
        )
        self.play.do(spent, self.buyer)

    def administer(self, pounds: int) -> None:
        """Administration cost."""
        cost = RecordAdministrationCost(
            spend_id=f"spend-{len(self.play.log):04d}",
            payer_id=self.authority,
            procurement_id=self.procurement,
            period_from=SPENT_FROM,
            period_to=SPENT_TO,
            basis="Time sheets",
            amount_pence=100 * pounds,
        )
        self.play.do(cost, self.buyer)

    def _register(self, organisation: str, side: Side) -> None:
        number = organisation.removeprefix("organisation-").upper()
        register = RegisterOrganisation(
            organisation_id=organisation,
            name=f"The {number} organisation",
            side=side,
            identifiers=(Identifier(scheme="GB-COH", id=number),),
        )
        self.play.do(register, OPERATOR)
        verify = VerifyOrganisation(organisation_id=organisation, basis="Register checked")
        self.play.do(verify, OPERATOR)

    def _ask(self, measure: str, quantity: int) -> None:
        need = ProposeNeed(
            need_id=self.need(measure),
            project_id=self.project,
            measure=measure,
            unit=UNITS[measure],
            quantity=Decimal(quantity),
            place=PLACE,
            needed_by=date(2027, 3, 31),
            theme=THEME,
            use="Homework three evenings a week",
            delivered_by="The club's own mentors",
            in_place="A room and broadband",
        )
        self.play.do(need, self.lead)
        approved = ApproveNeed(need_id=self.need(measure), approver_organisation=self.authority)
        self.play.do(approved, self.buyer)

    def _buy(self) -> None:
        register = RegisterProcurement(
            procurement_id=self.procurement,
            ocid=f"ocds-abc123-{self.key}",
            title="Facilities management",
            authority_id=self.authority,
            acts_for=("E23000001",),
            lots=(
                Lot(
                    lot="1",
                    title="All",
                    contract_value_pence=self.contract_pence,
                    reference_spend_pence=REFERENCE_PENCE,
                ),
            ),
            regime="pa2023",
            nation="england",
            policy="own",
            social_value_weight=Decimal(10),
        )
        self.play.do(register, self.buyer)
        self.review("before-notice")
        notice = PublishTenderNotice(
            procurement_id=self.procurement,
            notice="UK4",
            reference=f"UK4-{self.key}",
            published_on=uk_date(self.play.now),
        )
        self.play.do(notice, self.buyer)


def worked_example() -> Deal:
    """The worked example, from the first registration to the last confirmed delivery."""
    deal = Deal(Play())
    deal.prepare()
    deal.spend(18_000)
    deal.administer(6_000)
    deal.draft()
    deal.bid(deal.winner, {"cash": 10, "laptop": 1})
    deal.bid(deal.rival, {"cash": 4_200_000})
    deal.bid(deal.winner, PLEDGED)
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    deal.vary(AWARDED)
    for measure, claimed in CLAIMED.items():
        deal.deliver(measure, claimed, CONFIRMED[measure])
    return deal
