"""The honest histories that breaches are planted into; everybody in them is fictional.

`demo`: the demo's ledger with what it lacks: private texts and their erasure, a refusal, a bid
after a close. `tied`: one procurement whose two best bids are equal, with a line at a rate.
`generated`: some of the benchmarks' procurements side by side.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.seeding import seeded_salts
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain.actor import CLOCK, Actor, Role
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.auction.opening import OpenAuction
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.objecting import RecordRepresentation
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.contract.invoicing import RecordContractInvoice
from svx_ledger.domain.erasing import EraseSubject
from svx_ledger.domain.kind import Command
from svx_ledger.domain.pledge.delivering import ClaimDelivery
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.private import Basis, Private
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock
from tests.domain.auction.scene import TERMS
from tests.domain.outcome import NOON, OPERATOR
from tests.projections.deal import REFERENCE_PENCE, Deal
from tests.projections.play import Play

from .generating import generate
from .tables import Tables, read_tables

SALT: Final = "5a" * 32
CATERING_PLEDGE: Final = "pledge-af669c463b636e7e3adca3b8be"
LIGHTING_AWARD: Final = "award-lighting"
RECOVERY: Final = "auction-recovery"


def demo(folder: Path) -> Tables:
    """Play the demo, and go on where it ends."""
    url = f"sqlite:///{folder / 'demo.db'}"
    fill(url, STORY)
    with closing(open_store(url)) as store:
        clock = SimulatedClock(datetime(2026, 8, 27, 11, 30, tzinfo=UTC))
        with Ledger(store, clock=clock, salts=seeded_salts(2)) as ledger:
            _go_on(ledger, clock)
    return read_tables(url)


def _go_on(ledger: Ledger, clock: SimulatedClock) -> None:
    def give(command: Command, by: Actor, day: str) -> None:
        clock.advance_to(datetime.fromisoformat(day).replace(tzinfo=UTC))
        assert isinstance(ledger.execute(command, by), Sequenced)

    line = BidLine(need_id="need-minibus", unit="£", quantity=Decimal(90_000))
    tarnlight = "organisation-tarnlight"
    late = SubmitBid(auction_id=RECOVERY, supplier_id=tarnlight, lines=(line,))
    give(late, _person("tarnlight", "supplier.bidder"), "2026-08-27T15:30")
    buyer = _person("fenmarsh", "authority.buyer")
    objection = RecordRepresentation(
        award_id=LIGHTING_AWARD,
        supplier_id="organisation-harle",
        received_on=date(2026, 8, 27),
        subject="scores",
        content=Private(text="What a person wrote (fictional)", salt=SALT),
    )
    give(objection, buyer, "2026-08-27T15:40")
    kept = replace(objection, content=Private(text="What another wrote", salt=SALT))
    give(kept, buyer, "2026-08-27T15:41")
    refused = ledger.execute(OpenAuction(auction_id="auction-estates"), buyer)
    assert not isinstance(refused, Sequenced)
    noted = ClaimDelivery(
        pledge_id=CATERING_PLEDGE,
        quantity=Decimal(1),
        delivered_from=date(2026, 7, 1),
        delivered_to=date(2026, 7, 2),
        evidence_sha256="e1" * 32,
        note=Private(text="Whom we met there (fictional)", salt=SALT),
    )
    give(noted, _person("harle", "supplier.signatory"), "2026-08-27T15:42")
    asked = _erasure(ledger, LIGHTING_AWARD, "data-subject-request")
    give(asked, OPERATOR, "2026-09-01T10:00")
    over = _erasure(ledger, CATERING_PLEDGE, "retention")
    give(over, OPERATOR, "2028-07-20T10:00")


def _erasure(ledger: Ledger, stream: str, basis: Basis) -> EraseSubject:
    """Erase one private text of a stream."""
    state = ledger.state(Award, stream) or ledger.state(Pledge, stream)
    assert state is not None
    commitments = tuple(sorted(state.private)[:1])
    return EraseSubject(stream=stream, commitments=commitments, basis=basis, reason="asked")


def _person(organisation: str, role: Role) -> Actor:
    name = f"person-{organisation}-{role.partition('.')[2].replace('_', '-')}"
    return Actor(id=name, role=role, organisation=f"organisation-{organisation}")


class _OnLedger(Play):
    """A play whose commands are given to a ledger as well."""

    def __init__(self, ledger: Ledger, clock: SimulatedClock) -> None:
        super().__init__()
        self._ledger, self._clock = ledger, clock

    def do(self, command: Command, by: Actor, at: datetime | None = None) -> None:
        super().do(command, by, at)
        self._clock.advance_to(self.now)
        if by == CLOCK:
            self._ledger.ticker.look()
            assert self._ledger.ticker.tick() == 1
        else:
            assert isinstance(self._ledger.execute(command, by), Sequenced)


def tied(folder: Path) -> Tables:
    """Play one procurement on which the two best bids are equal."""
    url = f"sqlite:///{folder / 'tied.db'}"
    with closing(open_store(url)) as store:
        store.create()
        clock = SimulatedClock(NOON)
        with Ledger(store, clock=clock, salts=seeded_salts(3)) as ledger:
            play = _OnLedger(ledger, clock)
            opening = OpenLedger(ledger_id="ledger-tied", origin="tied", clock="simulated")
            play.do(opening, OPERATOR)
            _tie(Deal(play))
    return read_tables(url)


def _tie(deal: Deal) -> None:
    under = replace(TERMS, reference_spend_pence=REFERENCE_PENCE, withdrawal_allowed=False)
    soft_close = replace(under.soft_close, extend_on="rank-change")
    deal.prepare()
    deal.draft(under=replace(under, soft_close=soft_close))
    deal.bid(deal.rival, {"laptop": 500, "cash": 1_000})
    deal.bid(deal.winner, {"laptop": 1_000, "cash": 10_000}, rate="0.0001")
    deal.bid(deal.rival, {"laptop": 1_000, "cash": 1_000})
    auction = deal.play.world.streams[deal.auction]
    assert isinstance(auction, Auction)
    assert len({bid.value_pence for bid in auction.standing.values()}) == 1
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    invoice = RecordContractInvoice(
        contract_id=deal.contract,
        invoice="INV-1",
        period_from=date(2026, 4, 1),
        period_to=date(2026, 4, 30),
        amount_pence=123_456_789,
    )
    deal.play.do(invoice, deal.buyer)
    for part in ("0.005", "0.005", "0.005"):
        deal.deliver("cash", part, part)


def generated(folder: Path) -> Tables:
    """Generate some procurements."""
    url = f"sqlite:///{folder / 'generated.db'}"
    generate(url, 12, seed=6)
    return read_tables(url)


STORIES: Final[dict[str, Callable[[Path], Tables]]] = {
    "demo": demo,
    "tied": tied,
    "generated": generated,
}
