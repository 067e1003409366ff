"""The exchange around a replayed history: who buys, who needs, on which terms. All invented.

Real bids need an auction of this exchange to be bid in. So each auction of the history gets a
procurement with one lot, one need counted in pounds, and terms that add nothing to what its
own rules were: ascending, by a penny at least, from the reserve on, no extension; where bids
were sealed, one of each bidder. Names say
that they are fictional; bidders are numbered, and their own names stay in the file.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import BidLine, TenderScore
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.terms import AuctionTerms, Increment, SoftClose
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

from . import bid_history
from .bid_history import History
from .giving import Step
from .naming import named

OPERATOR: Final = Actor(id="person-replay", role="operator")
ASKED: Final = Decimal(999_999_999_999)
"""Pounds that each need asks for: more than any bid, so that no cap is met."""
PLACE: Final = Place(police_force="E23999901", local_authority="E07999901", name="Nowhere")
THEME: Final = Theme(scheme="REPLAY", code="history")
CASH: Final = Proxy(
    measure="cash",
    name="A pound",
    unit="£",
    pounds_per_unit=Decimal(1),
    divisible=True,
    source="By definition",
    edition="1",
    price_year=2000,
    licence="CC0-1.0",
    theme_scheme="REPLAY",
    theme="history",
)


class Setting:
    """The commands around one history, each thing named after it."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.key = history.digest
        self.suppliers = {
            bidder: self._name("organisation", "bidder", bidder) for bidder in history.bidders
        }
        self.authority = self._name("organisation", "authority")
        self.community = self._name("organisation", "community")
        self.evaluator = self._name("organisation", "evaluator")
        self.proxy_set = self._name("proxy-set", "cash")
        self.project = self._name("project", "all")
        self.buyer = _person("buyer", "authority.buyer", self.authority)
        self.approver = _person("approver", "authority.approver", self.authority)
        self.assessor = _person("assessor", "authority.assessor", self.authority)
        self.lead = _person("lead", "community.lead", self.community)

    def auction(self, lot: str) -> str:
        """Return the name of the auction that stands for one of the history."""
        return self._name("auction", lot)

    def parties(self) -> Iterator[Step]:
        """Register and verify everybody, adopt the proxy set, register the project."""
        sides: dict[str, tuple[Side, str]] = {
            self.authority: ("authority", "authority"),
            self.community: ("community", "community"),
            self.evaluator: ("evaluator", "evaluator"),
        }
        for number, supplier in enumerate(self.suppliers.values(), start=1):
            sides[supplier] = ("supplier", f"bidder {number}")
        for stream, (side, called) in sides.items():
            number_ = f"REPLAY-{called.upper().replace(' ', '-')}"
            yield (
                RegisterOrganisation(
                    organisation_id=stream,
                    name=f"Replayed {called} (fictional)",
                    side=side,
                    identifiers=(Identifier(scheme="GB-COH", id=number_),),
                ),
                OPERATOR,
            )
            basis = "Stands for a bidder or a body of a replayed history"
            yield VerifyOrganisation(organisation_id=stream, basis=basis), OPERATOR
        yield (
            AdoptProxySet(
                proxy_set_id=self.proxy_set,
                adopter_id=self.evaluator,
                name="A pound is a pound",
                proxies=(CASH,),
            ),
            _person("evaluator", "evaluator", self.evaluator),
        )
        yield (
            RegisterProject(
                project_id=self.project,
                organisation_id=self.community,
                title="What the replayed history was for (fictional)",
                summary="Stands for the goods that were auctioned",
                place=PLACE,
            ),
            self.lead,
        )

    def auctions(self) -> Iterator[Step]:
        """Set out every auction of the history, up to its schedule and sealed scores."""
        invited: dict[str, dict[str, None]] = {lot: {} for lot in self.history.lots}
        for bid in self.history.bids:
            invited[bid.lot][self.suppliers[bid.bidder]] = None
        for number, lot in enumerate(self.history.lots.values(), start=1):
            yield from self._bought(lot, number)
            yield from self._drafted(lot)
            yield from self._invited(lot, tuple(invited[lot.key]))

    def opening(self, lot: str) -> Step:
        """Open an auction."""
        return OpenAuction(auction_id=self.auction(lot)), self.buyer

    def bid(self, bid: bid_history.Bid) -> Step:
        """Bid, as the bidder of the history did."""
        supplier = self.suppliers[bid.bidder]
        line = BidLine(need_id=self._name("need", bid.lot), unit="£", quantity=bid.pounds)
        submit = SubmitBid(
            auction_id=self.auction(bid.lot), supplier_id=supplier, lines=(line,)
        )
        return submit, _person("bidder", "supplier.bidder", supplier)

    def _name(self, kind: str, *parts: str) -> str:
        return named(kind, self.key, *parts)

    def _bought(self, lot: bid_history.Lot, number: int) -> Iterator[Step]:
        need = self._name("need", lot.key)
        procurement = self._name("procurement", lot.key)
        yield (
            ProposeNeed(
                need_id=need,
                project_id=self.project,
                measure=CASH.measure,
                unit=CASH.unit,
                quantity=ASKED,
                place=PLACE,
                needed_by=date(9999, 1, 1),
                theme=THEME,
                use="Stands for what was auctioned",
                delivered_by="Nobody: a replayed history",
                in_place="Nothing: a replayed history",
            ),
            self.lead,
        )
        yield ApproveNeed(need_id=need, approver_organisation=self.authority), self.buyer
        yield (
            RegisterProcurement(
                procurement_id=procurement,
                ocid=f"ocds-replay-{self.key[:8]}-{number}",
                title=f"Replayed auction {number} (fictional)",
                authority_id=self.authority,
                acts_for=(),
                lots=(Lot(lot="1", title="What was auctioned", contract_value_pence=0),),
                regime="other",
                nation="england",
                policy="none",
                social_value_weight=Decimal(100),
            ),
            self.buyer,
        )
        yield (
            ReviewConflicts(
                procurement_id=procurement,
                occasion="before-notice",
                findings=(),
                suppliers=(),
            ),
            self.approver,
        )
        yield (
            PublishTenderNotice(
                procurement_id=procurement,
                notice="UK4",
                reference=f"replay-{number}",
                published_on=uk_date(self.history.begins_at),
            ),
            self.buyer,
        )

    def _drafted(self, lot: bid_history.Lot) -> Iterator[Step]:
        auction = self.auction(lot.key)
        yield (
            DraftAuction(
                auction_id=auction,
                procurement_id=self._name("procurement", lot.key),
                lot="1",
                proxy_set_id=self.proxy_set,
                terms=_terms(lot),
            ),
            self.buyer,
        )
        listed = ListNeed(
            need_id=self._name("need", lot.key),
            auction_id=auction,
            relevance="It is what was auctioned",
        )
        yield listed, self.buyer
        yield RequestFreeze(auction_id=auction, caps=()), self.buyer
        yield ApproveFreeze(auction_id=auction), self.approver
        yield ScheduleAuction(auction_id=auction), self.buyer

    def _invited(self, lot: bid_history.Lot, suppliers: tuple[str, ...]) -> Iterator[Step]:
        auction = self.auction(lot.key)
        for supplier in suppliers:
            signatory = _person("signatory", "supplier.signatory", supplier)
            yield InviteSupplier(auction_id=auction, supplier_id=supplier), self.buyer
            yield AcceptInvitation(auction_id=auction, supplier_id=supplier), signatory
            basis = "It bid in the history"
            yield (
                QualifySupplier(auction_id=auction, supplier_id=supplier, basis=basis),
                self.buyer,
            )
        scores = tuple(
            TenderScore(supplier_id=supplier, price=Decimal(0), quality=Decimal(0))
            for supplier in suppliers
        )
        yield (
            SealAssessment(auction_id=auction, scores=scores, assessors=(self.assessor.id,)),
            self.assessor,
        )


def _terms(lot: bid_history.Lot) -> AuctionTerms:
    return AuctionTerms(
        mode="single" if lot.sealed else "ascending",
        visibility="rank",
        bidder_count_shown=False,
        rank_on="social-value",
        basis="pounds",
        opens_at=lot.opens_at,
        closes_at=lot.closes_at,
        notice_seconds=0,
        increment=Increment(kind="pence", pence=1),
        reserve_pence=lot.reserve_pence,
        soft_close=SoftClose(
            window_seconds=0,
            extension_seconds=0,
            at_most=0,
            hard_stop=lot.closes_at,
            extend_on="any-accepted",
        ),
        social_value_score="share-of-best",
        social_value_weight=Decimal(100),
        price_weight=Decimal(0),
        quality_weight=Decimal(0),
    )


def _person(what: str, role: Role, organisation: str) -> Actor:
    return Actor(id=f"person-replay-{what}", role=role, organisation=organisation)
