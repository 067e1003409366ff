"""An auction that is open for bids, reached by the real commands (everybody is fictional).

For tests, benchmarks and fault harnesses that want something worth writing to:

    begin(ledger)
    hot = open_auction(ledger, bidders=32, needs=2)
    ledger.execute(hot.bid(7, pounds=500), hot.bidders[7])

Several auctions stand beside each other on one ledger under different keys. Time is the
ledger's own: a simulated clock is moved to the opening, the real one is waited for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from time import sleep

from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import BidLine, TenderScore
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.terms import AuctionTerms, Increment, SoftClose
from svx_ledger.domain.book import ClockKind, OpenLedger
from svx_ledger.domain.kind import Command
from svx_ledger.domain.listing import ListNeed
from svx_ledger.domain.need import ApproveNeed, ProposeNeed, Theme
from svx_ledger.domain.organisation import (
    Identifier,
    RegisterOrganisation,
    Side,
    VerifyOrganisation,
)
from svx_ledger.domain.place import Place
from svx_ledger.domain.procurement import (
    Lot,
    PublishTenderNotice,
    RegisterProcurement,
    ReviewConflicts,
)
from svx_ledger.domain.project import RegisterProject
from svx_ledger.domain.proxies import AdoptProxySet, Proxy
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock

OPERATOR = Actor(id="person-operator", role="operator", organisation="organisation-0perator")
PLACE = Place(police_force="E23000001", local_authority="E09000001", name="Riverside")
NOTICE = timedelta(seconds=1)
"""From drafting to the opening on a real clock; it passes while suppliers are invited."""
DAY = timedelta(days=1)
INCREMENT_PENCE = 100
CASH = Proxy(
    measure="cash",
    name="A pound given",
    unit="£",
    pounds_per_unit=Decimal(1),
    divisible=True,
    source="By definition",
    edition="2025",
    price_year=2025,
    licence="OGL-UK-3.0",
    theme_scheme="ToMs",
    theme="NT28",
)

Step = tuple[Actor, Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAuction:
    """An auction that takes bids, and the people around it.

    Every need is in pounds of cash, so a bid of `pounds` is worth that much for each need.
    """

    auction_id: str
    procurement_id: str
    need_ids: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    buyer: Actor
    approver: Actor
    assessor: Actor
    bidders: tuple[Actor, ...]
    """One person of each supplier, in no particular order."""

    def bid(self, bidder: int, *, pounds: int) -> SubmitBid:
        """A bid of that many pounds to every need, for the supplier of this bidder."""
        supplier = self.bidders[bidder].organisation
        assert supplier is not None
        quantity = Decimal(pounds)
        return SubmitBid(
            auction_id=self.auction_id,
            supplier_id=supplier,
            lines=tuple(
                BidLine(need_id=need, unit="£", quantity=quantity) for need in self.need_ids
            ),
        )


def begin(ledger: Ledger, ledger_id: str = "ledger-world") -> None:
    """Write the first event of an empty ledger, with the kind of time that its clock keeps."""
    kind: ClockKind = "simulated" if ledger.clock.kind == "simulated" else "real"
    opening = OpenLedger(ledger_id=ledger_id, origin="ledger.example/world", clock=kind)
    _play(ledger, [(OPERATOR, opening)])


def open_auction(
    ledger: Ledger,
    key: str = "w001",
    *,
    bidders: int = 2,
    needs: int = 1,
    open_for: timedelta = timedelta(hours=1),
) -> OpenedAuction:
    """Play everything from the first registration to the opening of one auction.

    `key` (lower-case letters and digits, four or more) is part of every id. The auction closes
    `open_for` after its opening; accepted bids of the last 30 seconds extend it, twice.
    """
    cast = _Cast(key, bidders, needs)
    _play(ledger, cast.registered())
    now = ledger.clock.wall()
    _play(ledger, cast.asked(now))
    _play(ledger, cast.bought(now))
    opens_at = ledger.clock.wall() + NOTICE
    _play(ledger, cast.announced(opens_at, opens_at + open_for))
    _play(ledger, cast.invited())
    _reach(ledger, opens_at)
    _play(ledger, [(cast.buyer, OpenAuction(auction_id=cast.auction))])
    return OpenedAuction(
        auction_id=cast.auction,
        procurement_id=cast.procurement,
        need_ids=cast.needs,
        opens_at=opens_at,
        closes_at=opens_at + open_for,
        buyer=cast.buyer,
        approver=cast.approver,
        assessor=cast.assessor,
        bidders=cast.bidders,
    )


def registration(organisation_id: str, side: Side = "supplier") -> RegisterOrganisation:
    """The registration of an organisation, under an identifier made from its id."""
    number = organisation_id.removeprefix("organisation-").upper()
    return RegisterOrganisation(
        organisation_id=organisation_id,
        name=f"The {number} organisation (fictional)",
        side=side,
        identifiers=(Identifier(scheme="GB-COH", id=number),),
    )


class _Cast:
    """Who and what one auction is about, and the commands of each step, in order."""

    def __init__(self, key: str, bidders: int, needs: int) -> None:
        self.authority = f"organisation-{key}auth"
        self.community = f"organisation-{key}comm"
        self.evaluating = f"organisation-{key}eval"
        self.suppliers = tuple(f"organisation-{key}s{n:03d}" for n in range(bidders))
        self.project = f"project-{key}"
        self.proxy_set = f"proxy-set-{key}"
        self.procurement = f"procurement-{key}"
        self.auction = f"auction-{key}"
        self.needs = tuple(f"need-{key}n{n:03d}" for n in range(needs))
        self.ocid = f"ocds-abc123-{key}"

        def person(what: str, role: Role, organisation: str) -> Actor:
            return Actor(id=f"person-{key}-{what}", role=role, organisation=organisation)

        self.buyer = person("buyer", "authority.buyer", self.authority)
        self.approver = person("approver", "authority.approver", self.authority)
        self.assessor = person("assessor", "authority.assessor", self.authority)
        self.lead = person("lead", "community.lead", self.community)
        self.evaluator = person("evaluator", "evaluator", self.evaluating)
        self.bidders = tuple(
            person(f"bidder{n:03d}", "supplier.bidder", supplier)
            for n, supplier in enumerate(self.suppliers)
        )

    def registered(self) -> Iterator[Step]:
        sides: dict[str, Side] = {
            self.authority: "authority",
            self.community: "community",
            self.evaluating: "evaluator",
        }
        for organisation in (*sides, *self.suppliers):
            yield OPERATOR, registration(organisation, sides.get(organisation, "supplier"))
            yield (
                OPERATOR,
                VerifyOrganisation(organisation_id=organisation, basis="register checked"),
            )

    def asked(self, now: datetime) -> Iterator[Step]:
        yield (
            self.lead,
            RegisterProject(
                project_id=self.project,
                organisation_id=self.community,
                title="Homework club",
                summary="Three evenings a week",
                place=PLACE,
            ),
        )
        for need in self.needs:
            yield (
                self.lead,
                ProposeNeed(
                    need_id=need,
                    project_id=self.project,
                    measure="cash",
                    unit="£",
                    quantity=Decimal(10**9),
                    place=PLACE,
                    needed_by=uk_date(now + 365 * DAY),
                    theme=Theme(scheme="ToMs", code="NT28"),
                    use="Rent, heating and two part-time mentors",
                    delivered_by="The club's own mentors",
                    in_place="A room, a lockable cupboard, broadband",
                ),
            )
            approved = ApproveNeed(need_id=need, approver_organisation=self.authority)
            yield self.buyer, approved

    def bought(self, now: datetime) -> Iterator[Step]:
        adopted = AdoptProxySet(
            proxy_set_id=self.proxy_set,
            adopter_id=self.evaluating,
            name="Proxies",
            proxies=(CASH,),
        )
        yield self.evaluator, adopted
        yield (
            self.buyer,
            RegisterProcurement(
                procurement_id=self.procurement,
                ocid=self.ocid,
                title="Facilities management",
                authority_id=self.authority,
                acts_for=("E23000001",),
                lots=(Lot(lot="1", title="Facilities", contract_value_pence=5_000_000_000),),
                regime="pa2023",
                nation="england",
                policy="own",
                social_value_weight=Decimal(10),
            ),
        )
        reviewed = ReviewConflicts(
            procurement_id=self.procurement,
            occasion="before-notice",
            findings=(),
            suppliers=(),
        )
        yield self.approver, reviewed
        yield (
            self.buyer,
            PublishTenderNotice(
                procurement_id=self.procurement,
                notice="UK4",
                reference="UK4-1",
                published_on=uk_date(now),
            ),
        )

    def announced(self, opens_at: datetime, closes_at: datetime) -> Iterator[Step]:
        terms = AuctionTerms(
            mode="ascending",
            visibility="rank",
            bidder_count_shown=False,
            rank_on="social-value",
            basis="pounds",
            opens_at=opens_at,
            closes_at=closes_at,
            notice_seconds=0,
            increment=Increment(kind="pence", pence=INCREMENT_PENCE),
            reserve_pence=0,
            soft_close=SoftClose(
                window_seconds=30,
                extension_seconds=30,
                at_most=2,
                hard_stop=closes_at + timedelta(minutes=1),
                extend_on="any-accepted",
            ),
            social_value_score="share-of-best",
            social_value_weight=Decimal(10),
            price_weight=Decimal(50),
            quality_weight=Decimal(40),
        )
        yield (
            self.buyer,
            DraftAuction(
                auction_id=self.auction,
                procurement_id=self.procurement,
                lot="1",
                proxy_set_id=self.proxy_set,
                terms=terms,
            ),
        )
        for need in self.needs:
            yield (
                self.buyer,
                ListNeed(
                    need_id=need,
                    auction_id=self.auction,
                    relevance="Where the contract is worked",
                ),
            )
        yield self.buyer, RequestFreeze(auction_id=self.auction, caps=())
        yield self.approver, ApproveFreeze(auction_id=self.auction)
        yield self.buyer, ScheduleAuction(auction_id=self.auction)

    def invited(self) -> Iterator[Step]:
        auction = self.auction
        for bidder, supplier in zip(self.bidders, self.suppliers, strict=True):
            yield self.buyer, InviteSupplier(auction_id=auction, supplier_id=supplier)
            yield bidder, AcceptInvitation(auction_id=auction, supplier_id=supplier)
            yield (
                self.buyer,
                QualifySupplier(
                    auction_id=auction, supplier_id=supplier, basis="conditions met"
                ),
            )
        scores = tuple(
            TenderScore(supplier_id=supplier, price=Decimal(45), quality=Decimal(35))
            for supplier in self.suppliers
        )
        yield (
            self.assessor,
            SealAssessment(auction_id=auction, scores=scores, assessors=(self.assessor.id,)),
        )


def _play(ledger: Ledger, steps: Iterator[Step] | list[Step]) -> None:
    for n, (actor, command) in enumerate(steps):
        name = f"{command.target()}:{type(command).__name__}:{n}"
        answer = ledger.execute(command, actor, name)
        assert isinstance(answer, Sequenced), (command, answer)


def _reach(ledger: Ledger, at: datetime) -> None:
    """Come to an instant: simulated time is set, real time passes."""
    if isinstance(ledger.clock, SimulatedClock):
        ledger.clock.advance_to(at)
    while (left := (at - ledger.clock.wall()).total_seconds()) > 0:
        sleep(left)
