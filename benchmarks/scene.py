"""Auctions that are open for bids, written as a history rather than commanded.

The rules take a week of notice before an auction opens. A benchmark needs the open auction
under the real clock, so the events that lead there are appended with times in the past.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import (
    AssessmentSealed,
    AuctionDrafted,
    AuctionNeedAdded,
    AuctionOpened,
    AuctionRulesFrozen,
    AuctionScheduled,
    BidAccepted,
    BidLine,
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
    TenderScore,
)
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed, Increment, SoftClose
from svx_ledger.domain.book import OPENING, LedgerOpened
from svx_ledger.domain.kind import Event
from svx_ledger.domain.procurement import Lot, ProcurementRegistered
from svx_ledger.eventlog.record import CommandRef, Row, leaf_of, write_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.store import ClaimRow, Store
from svx_ledger.ledger.batch import DUE

LEDGER = "ledger-bench00000000001"
AUTHORITY = "organisation-authority00000001"
BUYER = Actor(id="person-buyer", role="authority.buyer", organisation=AUTHORITY)
PROCUREMENT = "procurement-bench0000000001"
NEEDS = ("need-laptops000000001", "need-hours00000000001")
MOST = Decimal(10**9)
BOUGHT = ProcurementRegistered(
    ocid="ocds-abc123-bench",
    title="Facilities management",
    authority_id=AUTHORITY,
    acts_for=(),
    lots=(Lot(lot="1", title="Facilities", contract_value_pence=5_000_000_000),),
    regime="pa2023",
    nation="england",
    policy="own",
    social_value_weight=Decimal(10),
)

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Bidder:
    """One supplier in one auction. Each of its bids is worth more than the one before."""

    auction: str
    supplier: str
    actor: Actor

    def bids(self, first: int, count: int) -> list[SubmitBid]:
        """Return bids number `first` to `first + count - 1` of this bidder, ready to submit."""
        return [
            SubmitBid(
                auction_id=self.auction, supplier_id=self.supplier, lines=_lines(first + n)
            )
            for n in range(count)
        ]


def auction_name(number: int) -> str:
    """Return the stream of an auction, by its number from 0."""
    return f"auction-bench{number:011d}"


def supplier_name(number: int) -> str:
    """Return the stream of a supplier, by its number from 0."""
    return f"organisation-supplier{number:08d}"


def bidder(auction: int, supplier: int) -> Bidder:
    """Return a supplier as a bidder in an auction."""
    name = supplier_name(supplier)
    actor = Actor(id=f"person-bidder{supplier:08d}", role="supplier.bidder", organisation=name)
    return Bidder(auction_name(auction), name, actor)


Keys = Callable[[int, Actor], Iterator[tuple[str, Event]]]
"""The history of a key, for a supplier's number and its person."""


def seed(
    store: Store,
    *,
    auctions: int = 1,
    suppliers: int = 128,
    past_bids: int = 0,
    keys: Keys | None = None,
) -> None:
    """Write a ledger with open auctions; the first has so many bids on record already.

    `keys` gives each supplier a key for HTTP.
    """
    store.create()
    writer = store.writer()
    pending: list[Row] = []
    claims: list[ClaimRow] = []

    def write() -> None:
        writer.begin((), (), {}, 0)
        writer.append(pending, (), claims)
        pending.clear()
        claims.clear()

    issued = (keys(n, bidder(0, n).actor) for n in range(suppliers)) if keys else ()
    history = chain(_history(auctions, suppliers, past_bids), chain.from_iterable(issued))
    for row in _records(history):
        pending.append(row)
        if row.position == 1:
            claims.append(ClaimRow(OPENING, row.position, row.stream))
        if row.type == "auction-opened.v1":
            claims.append(ClaimRow(DUE + row.stream, row.position, row.stream))
        if len(pending) == _ROWS_AT_ONCE:
            write()
    if pending:
        write()
    writer.close()


def past_records(count: int) -> list[Row]:
    """Return records as the bids of one auction make them: the rows of every raw side."""
    return [row for row in _records(_history(1, 1, count)) if row.type == "bid-accepted.v1"]


def _lines(number: int) -> tuple[BidLine, ...]:
    return (
        BidLine(need_id=NEEDS[0], unit="laptop", quantity=Decimal(20)),
        BidLine(need_id=NEEDS[1], unit="hour", quantity=Decimal(number)),
    )


def _history(auctions: int, suppliers: int, past_bids: int) -> Iterator[tuple[str, Event]]:
    yield (
        LEDGER,
        LedgerOpened(
            origin="benchmarks.invalid", epoch=1, format=1, hash="sha256", clock="real"
        ),
    )
    yield PROCUREMENT, BOUGHT
    names = [supplier_name(number) for number in range(suppliers)]
    for number in range(auctions):
        stream = auction_name(number)
        for event in _until_open(names):
            yield stream, event
    for number in range(past_bids):
        bid = BidAccepted(
            supplier_id=names[number % suppliers],
            lines=_lines(1 + number // suppliers),
            bid_no=number + 1,
            value_pence=600_000 + 1_000 * (1 + number // suppliers),
        )
        yield auction_name(0), bid


def _until_open(suppliers: list[str]) -> Iterator[Event]:
    now = datetime.now(UTC).replace(microsecond=0)
    closes_at = now + timedelta(days=1)
    terms = AuctionTerms(
        mode="ascending",
        visibility="rank",
        bidder_count_shown=True,
        rank_on="social-value",
        basis="pounds",
        opens_at=now - timedelta(days=1),
        closes_at=closes_at,
        notice_seconds=7 * 86_400,
        increment=Increment(kind="pence", pence=1),
        reserve_pence=1,
        soft_close=SoftClose(
            window_seconds=300,
            extension_seconds=240,
            at_most=5,
            hard_stop=closes_at + timedelta(hours=1),
            extend_on="rank-change",
        ),
        social_value_score="share-of-best",
        social_value_weight=Decimal(10),
        price_weight=Decimal(50),
        quality_weight=Decimal(40),
    )
    kinds = (("laptop", "laptop", False, "300"), ("volunteer-hour", "hour", True, "16.93"))
    frozen = tuple(
        FrozenNeed(
            need_id=need,
            measure=measure,
            unit=unit,
            divisible=divisible,
            pounds_per_unit=Decimal(pounds),
            cap=MOST,
        )
        for need, (measure, unit, divisible, pounds) in zip(NEEDS, kinds, strict=True)
    )
    yield AuctionDrafted(
        procurement_id=PROCUREMENT,
        lot="1",
        proxy_set_id="proxy-set-bench0000000001",
        terms=terms,
        authority_id=AUTHORITY,
    )
    for need in frozen:
        yield AuctionNeedAdded(
            need_id=need.need_id, measure=need.measure, unit=need.unit, outstanding=MOST
        )
    yield AuctionRulesFrozen(approved_by="person-approver", needs=frozen, rules_sha256="0" * 64)
    for supplier in suppliers:
        yield SupplierInvited(supplier_id=supplier)
        yield InvitationAccepted(supplier_id=supplier)
        yield SupplierQualified(supplier_id=supplier, basis="conditions met")
    yield AuctionScheduled()
    scores = tuple(
        TenderScore(supplier_id=supplier, price=Decimal(45), quality=Decimal(35))
        for supplier in suppliers
    )
    yield AssessmentSealed(scores=scores, assessors=("person-assessor",))
    yield AuctionOpened()


def _records(history: Iterator[tuple[str, Event]]) -> Iterator[Row]:
    """Encode a history as the write path would have, a day ago and a microsecond apart."""
    actor = shape_of(Actor).encode(BUYER)
    began = datetime.now(UTC) - timedelta(days=1)
    tails: dict[str, tuple[int, bytes | None]] = {}
    genesis: bytes | None = None
    for position, (stream, event) in enumerate(history, start=1):
        version, prev = tails.get(stream, (0, genesis))
        command_id = f"{position:032x}"
        row = write_record(
            position=position,
            stream=stream,
            version=version + 1,
            recorded_at=began + timedelta(microseconds=position),
            actor=actor,
            command=CommandRef(command_id, "SubmitBid", "0" * 64, 1, 1),
            trace={},
            prev=prev,
            salt=position.to_bytes(16),
            event=event,
        )
        leaf = leaf_of(row.record)
        genesis = genesis or leaf
        tails[stream] = row.version, leaf
        yield row
