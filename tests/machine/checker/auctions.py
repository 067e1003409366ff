"""Auctions: what may be bid and when, what it is worth, who leads, and when it ends."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from .order import Bid, Score, ranked
from .saying import Law, Record, broken, by_rate, instant, points_of, seconds, worth_pence

EARLY_ENDS = {
    "auction-cancelled.v1": "cancelled",
    "auction-unsuccessful.v1": "unsuccessful",
    "auction-voided.v1": "voided",
}


class Auction:
    """One auction, as its records tell it."""

    def __init__(self, drafted: dict[str, Any]) -> None:
        self.terms = drafted["terms"]
        self.lot = (drafted["procurement_id"], drafted["lot"])
        self.authority: str = drafted["authority_id"]
        self.phase = "drafted"
        self.closes_at = instant(self.terms["closes_at"])
        self.hard_stop = instant(self.terms["soft_close"]["hard_stop"])
        self.needs: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, str] = {}
        self.scores: list[dict[str, Any]] = []
        self.bids: dict[str, Bid] = {}
        self.ever_bid: set[str] = set()
        self.ranking: list[dict[str, Any]] = []
        self.count = 0
        self.extensions = 0
        self.paused_at: tuple[datetime, str] | None = None
        self.lost_seconds: dict[int, int | None] = {}
        self.released = False

    @property
    def ended(self) -> bool:
        """Whether it reserves nothing any more."""
        return self.released or self.phase in EARLY_ENDS.values()


class Auctions(Law):
    """Every auction, and which one holds each lot."""

    def __init__(self) -> None:
        self.by_stream: dict[str, Auction] = {}
        self._lots: dict[tuple[str, str], str] = {}
        self._extension_due: datetime | None = None

    def feed(self, record: Record) -> None:
        """Follow one record of an auction."""
        stream, data, kind = record["stream"], record["data"], record["type"]
        if kind == "auction-drafted.v1":
            auction = self.by_stream[stream] = Auction(data)
            if (holder := self._lots.get(auction.lot)) is not None:
                broken(record["position"], f"{holder} serves the lot {auction.lot}")
            self._lots[auction.lot] = stream
        elif stream in self.by_stream:
            _FOLLOW.get(kind, _nothing)(self, self.by_stream[stream], record)
            if (
                self.by_stream[stream].ended
                and self._lots.get(self.by_stream[stream].lot) == stream
                and (kind in EARLY_ENDS or kind == "lot-released.v1")
            ):
                del self._lots[self.by_stream[stream].lot]

    def settle(self, position: int) -> None:
        """An extension comes with its bid, or never."""
        if self._extension_due is not None:
            broken(position, f"no extension to {self._extension_due} came of the bid")

    def _frozen(self, auction: Auction, record: Record) -> None:
        if auction.phase != "drafted":
            broken(record["position"], f"rules frozen while {auction.phase}")
        auction.phase = "rules-frozen"
        auction.needs = {need["need_id"]: need for need in record["data"]["needs"]}

    def _step(self, auction: Auction, record: Record) -> None:
        auction.steps[record["data"]["supplier_id"]] = record["type"]
        if record["type"] == "supplier-excluded.v1":
            auction.bids.pop(record["data"]["supplier_id"], None)

    def _sealed(self, auction: Auction, record: Record) -> None:
        if auction.scores or auction.ever_bid or auction.phase != "scheduled":
            broken(record["position"], "scores are sealed once, before anybody bids")
        auction.scores = record["data"]["scores"]

    def _opened(self, auction: Auction, record: Record) -> None:
        if not auction.scores:
            broken(record["position"], "an auction opened without sealed scores")
        auction.phase = "open"

    def _bid(self, auction: Auction, record: Record) -> None:
        data, position = record["data"], record["position"]
        at, who = instant(record["recorded_at"]), record["data"]["supplier_id"]
        opens_at = instant(auction.terms["opens_at"])
        if auction.phase != "open" or not opens_at <= at < auction.closes_at:
            broken(position, f"a bid at {at}, {auction.phase} until {auction.closes_at}")
        if auction.steps.get(who) != "supplier-qualified.v1":
            broken(position, f"a bid of {who}: {auction.steps.get(who)}")
        if auction.terms["mode"] == "single" and who in auction.ever_bid:
            broken(position, f"a second bid of {who} where each has one")
        bid = _valued(auction, data, position)
        if (least := _least(auction, who)) > bid.score:
            broken(position, f"a bid of {bid.score} where the least is {least}")
        before = ranked(auction.terms, auction.bids, auction.scores)
        auction.bids[who] = bid
        auction.ever_bid.add(who)
        after = ranked(auction.terms, auction.bids, auction.scores)
        self._extension_due = _extended(auction, at, moved=before != after)
        self._counted(auction, record)

    def _extended(self, auction: Auction, record: Record) -> None:
        data = record["data"]
        said = instant(data["closes_at_was"]), instant(data["closes_at"]), data["bid_no"]
        if said != (auction.closes_at, self._extension_due, auction.count):
            broken(record["position"], f"extended {said}, due {self._extension_due}")
        auction.closes_at, self._extension_due = said[1], None
        auction.extensions += 1

    def _counted(self, auction: Auction, record: Record) -> None:
        auction.count += 1
        if record["data"]["bid_no"] != auction.count:
            broken(record["position"], f"bid number {record['data']['bid_no']}")

    def _withdrawn(self, auction: Auction, record: Record) -> None:
        at, who = instant(record["recorded_at"]), record["data"]["supplier_id"]
        if auction.phase != "open" or at >= auction.closes_at:
            broken(record["position"], f"a bid withdrawn while {auction.phase}")
        if not auction.terms.get("withdrawal_allowed"):
            broken(record["position"], "the rules allow no withdrawal")
        if auction.bids.pop(who).bid_no != record["data"]["bid_no"]:
            broken(record["position"], "the bid withdrawn is not the standing one")

    def _paused(self, auction: Auction, record: Record) -> None:
        data, at = record["data"], instant(record["recorded_at"])
        if auction.phase != "open":
            broken(record["position"], f"paused while {auction.phase}")
        by_outage = data["cause"] == "outage"
        if instant(data["paused_at"]) != (auction.closes_at if by_outage else at):
            broken(record["position"], "paused as of another instant")
        if not by_outage and not instant(auction.terms["opens_at"]) <= at < auction.closes_at:
            broken(record["position"], "paused outside bidding")
        auction.phase, auction.paused_at = "paused", (instant(data["paused_at"]), data["cause"])

    def _asked_to_resume(self, auction: Auction, record: Record) -> None:
        data = record["data"]
        auction.lost_seconds[data["request_no"]] = data.get("lost_seconds")

    def _resumed(self, auction: Auction, record: Record) -> None:
        data, at = record["data"], instant(record["recorded_at"])
        if auction.paused_at is None or auction.phase != "paused":
            broken(record["position"], "resumed without a pause")
        since, cause = auction.paused_at
        closes_at = auction.closes_at + (at - since)
        if cause == "outage":
            closes_at = at + seconds(auction.lost_seconds[data["request_no"]] or 0)
        hard_stop = auction.hard_stop + (closes_at - auction.closes_at)
        said = [
            data[name] for name in ("closes_at_was", "closes_at", "hard_stop_was", "hard_stop")
        ]
        due = [auction.closes_at, closes_at, auction.hard_stop, hard_stop]
        if list(map(instant, said)) != due:
            broken(record["position"], f"resumed with {said}, due {due}")
        auction.phase, auction.paused_at = "open", None
        auction.closes_at, auction.hard_stop = closes_at, hard_stop

    def _closed(self, auction: Auction, record: Record) -> None:
        said = instant(record["data"]["closed_at"])
        if auction.phase != "open" or said != auction.closes_at:
            broken(record["position"], f"closed as of {said}, due {auction.closes_at}")
        if instant(record["recorded_at"]) < said:
            broken(record["position"], "closed before its time")
        auction.phase = "closed"

    def _ranked(self, auction: Auction, record: Record) -> None:
        order = ranked(auction.terms, auction.bids, auction.scores)
        due = [
            (place, who, auction.bids[who].bid_no, auction.bids[who].value_pence)
            for place, who in enumerate(order, start=1)
        ]
        ranking = record["data"]["ranking"]
        fields = ("rank", "supplier_id", "bid_no", "value_pence")
        if [tuple(line[name] for name in fields) for line in ranking] != due:
            broken(record["position"], f"ranked {ranking}, due {due}")
        auction.phase, auction.ranking = "ranked", ranking

    def _scheduled(self, auction: Auction, record: Record) -> None:
        notice = seconds(auction.terms["notice_seconds"])
        at = instant(record["recorded_at"])
        if auction.phase != "rules-frozen" or at + notice > instant(auction.terms["opens_at"]):
            broken(record["position"], "scheduled out of turn or too late")
        auction.phase = "scheduled"

    def _over(self, auction: Auction, record: Record) -> None:
        voided = record["type"] == "auction-voided.v1"  # also after its award came to nothing
        if auction.phase in EARLY_ENDS.values() or (auction.released and not voided):
            broken(record["position"], f"it ended before: {auction.phase}")
        if record["type"] == "auction-cancelled.v1" and auction.ever_bid:
            broken(record["position"], "cancelled after a bid was accepted")
        auction.phase = EARLY_ENDS[record["type"]]

    def _lot_released(self, auction: Auction, record: Record) -> None:
        if auction.ended or auction.phase != "ranked":
            broken(record["position"], f"the lot released while {auction.phase}")
        auction.released = True


def _nothing(auctions: Auctions, auction: Auction, record: Record) -> None:
    del auctions, auction, record


def _valued(auction: Auction, data: dict[str, Any], position: int) -> Bid:
    """Return a bid with its value by the frozen proxies; each line within its need's cap."""
    value, score, seen = 0, Decimal(0), set[str]()
    for line in data["lines"]:
        need = auction.needs.get(line["need_id"])
        quantity = Decimal(line["quantity"])
        if need is None or line["need_id"] in seen or line["unit"] != need["unit"]:
            broken(position, f"a line for {line['need_id']}")
        if not 0 < quantity <= Decimal(need["cap"]) or (not need["divisible"] and quantity % 1):
            broken(position, f"a line of {quantity}, of which the cap is {need['cap']}")
        seen.add(line["need_id"])
        if "rate" in line:
            rate, spend = Decimal(line["rate"]), auction.terms["reference_spend_pence"]
            quantity = by_rate(rate, spend, quantity, divisible=need["divisible"])
        value += worth_pence(quantity, Decimal(need["pounds_per_unit"]))
        if auction.terms["basis"] == "points":
            score += points_of(quantity, Decimal(need["points_per_unit"]))
    said = data["value_pence"], Decimal(data.get("score_points", 0))
    if said != (value, score):
        broken(position, f"valued {said}, due {(value, score)}")
    in_points = auction.terms["basis"] == "points"
    return Bid(data["bid_no"], value, score if in_points else value, data["lines"])


def _least(auction: Auction, who: str) -> Score:
    """Return the least score that the next bid of a supplier needs."""
    terms, in_points = auction.terms, auction.terms["basis"] == "points"
    standing = auction.bids.get(who)
    if standing is None:
        return Decimal(terms.get("reserve_points", 0)) if in_points else terms["reserve_pence"]
    increment, scale = terms["increment"], 10**6 if in_points else 1
    if increment["kind"] == "percent":
        share = Fraction(Decimal(increment["percent"])) / 100
        more = max(1, ceil(share * Fraction(standing.score) * scale))
        return standing.score + (Decimal(more).scaleb(-6) if in_points else more)
    more_points = Decimal(increment["points"]) if in_points else increment["pence"]
    return standing.score + more_points


def _extended(auction: Auction, at: datetime, *, moved: bool) -> datetime | None:
    """Return the later close that an accepted bid brings about, if it does."""
    rules = auction.terms["soft_close"]
    if at < auction.closes_at - seconds(rules["window_seconds"]):
        return None
    if auction.extensions >= rules["at_most"]:
        return None
    if rules["extend_on"] == "rank-change" and not moved:
        return None
    later = min(
        max(auction.closes_at, at + seconds(rules["extension_seconds"])), auction.hard_stop
    )
    return later if later > auction.closes_at else None


_FOLLOW = {
    "auction-rules-frozen.v1": Auctions._frozen,
    "supplier-invited.v1": Auctions._step,
    "invitation-accepted.v1": Auctions._step,
    "supplier-qualified.v1": Auctions._step,
    "supplier-excluded.v1": Auctions._step,
    "auction-scheduled.v1": Auctions._scheduled,
    "assessment-sealed.v1": Auctions._sealed,
    "auction-opened.v1": Auctions._opened,
    "bid-accepted.v1": Auctions._bid,
    "bid-rejected.v1": Auctions._counted,
    "bid-withdrawn.v1": Auctions._withdrawn,
    "auction-extended.v1": Auctions._extended,
    "auction-paused.v1": Auctions._paused,
    "resume-requested.v1": Auctions._asked_to_resume,
    "auction-resumed.v1": Auctions._resumed,
    "auction-closed.v1": Auctions._closed,
    "bids-ranked.v1": Auctions._ranked,
    "lot-released.v1": Auctions._lot_released,
    **dict.fromkeys(EARLY_ENDS, Auctions._over),
}
