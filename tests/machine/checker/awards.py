"""Awards: the assessment by the sealed scores, one award a lot, and no contract too soon."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .auctions import Auction, Auctions
from .order import assessed
from .saying import Law, Record, broken, by_rate, day_in_london, worth_pence

DAY = timedelta(days=1)
_STEPS = {"award-recommended.v1", "award-approved.v1", "standstill-started.v1"}


class Award:
    """One award, as its records tell it."""

    def __init__(self, ranked: dict[str, Any]) -> None:
        self.auction: str = ranked["auction_id"]
        self.withdrawn: set[str] = set()
        self.ranking: list[dict[str, Any]] = []
        self.approved: dict[str, Any] | None = None
        self.last_day: date | None = None
        self.suspending: set[str] = set()
        self.over = False


class Awards(Law):
    """Every award, and which one is in force for each auction, so for each lot."""

    def __init__(self, auctions: Auctions) -> None:
        self.by_stream: dict[str, Award] = {}
        self._auctions = auctions.by_stream
        self._in_force: dict[str, str] = {}
        self._contracts: dict[str, str] = {}

    def feed(self, record: Record) -> None:
        """Follow one record of an award, or the contract that it leads to."""
        stream, data, kind = record["stream"], record["data"], record["type"]
        position = record["position"]
        if kind == "contract-entered.v1":
            self._entered(record)
        elif kind == "assessment-ranked.v1":
            if stream not in self.by_stream:
                self.by_stream[stream] = Award(data)
                if self._in_force.setdefault(data["auction_id"], stream) != stream:
                    broken(position, "the lot has another award in force")
            self._ranked(self.by_stream[stream], record)
        elif stream in self.by_stream:
            award = self.by_stream[stream]
            if award.over and kind in _STEPS:
                broken(position, f"{kind} after the award came to nothing")
            if kind == "tender-withdrawn.v1":
                award.withdrawn.add(data["supplier_id"])
            elif kind == "award-recommended.v1":
                self._recommended(award, record)
            elif kind == "award-approved.v1":
                self._approved(award, record)
            elif kind == "standstill-started.v1":
                self._stands_still(award, record)
            elif kind == "proceedings-notified.v1" and data["suspends"]:
                award.suspending.add(data["court_ref"])
            elif kind == "suspension-lifted.v1":
                award.suspending.discard(data["court_ref"])
            elif kind in {"award-lapsed.v1", "award-set-aside.v1"}:
                award.over = True
                del self._in_force[award.auction]

    def _ranked(self, award: Award, record: Record) -> None:
        """By weights frozen and scores sealed before anybody bid, over who is left."""
        auction = self._auctions[award.auction]
        gone = award.withdrawn | {
            who for who, step in auction.steps.items() if step == "supplier-excluded.v1"
        }
        scores = [s for s in auction.scores if s["supplier_id"] not in gone]
        bids = {who: bid for who, bid in auction.bids.items() if who not in gone}
        given = {score["supplier_id"]: score for score in scores}
        due = []
        for place, (who, points) in enumerate(assessed(auction.terms, bids, scores), start=1):
            price, quality = Decimal(given[who]["price"]), Decimal(given[who]["quality"])
            bid = bids.get(who)
            value, number = (bid.value_pence, bid.bid_no) if bid else (0, None)
            due.append((place, who, points, points + price + quality, value, number))
        said = [
            (
                tender["rank"],
                tender["supplier_id"],
                Decimal(tender["social_value"]),
                Decimal(tender["total"]),
                tender["bid_pence"],
                tender.get("bid_no"),
            )
            for tender in record["data"]["ranking"]
        ]
        if said != due:
            broken(record["position"], f"assessed {said}, due {due}")
        award.ranking = record["data"]["ranking"]
        award.approved, award.last_day = None, None

    def _recommended(self, award: Award, record: Record) -> None:
        data = record["data"]
        ranks = {t["supplier_id"]: t["rank"] for t in award.ranking if "bid_no" in t}
        if data["supplier_id"] not in ranks:
            broken(record["position"], "recommended without a tender and a bid")
        rank = ranks[data["supplier_id"]]
        better = sorted(t["supplier_id"] for t in award.ranking if t["rank"] < rank)
        if sorted(ground["supplier_id"] for ground in data["grounds"]) != better:
            broken(record["position"], f"not a ground for each of {better}")

    def _approved(self, award: Award, record: Record) -> None:
        """The awarded lines are the standing bid, line for line."""
        data, position = record["data"], record["position"]
        auction = self._auctions[award.auction]
        bid = auction.bids.get(data["supplier_id"])
        if bid is None or (bid.bid_no, bid.value_pence) != (
            data["bid_no"],
            data["value_pence"],
        ):
            broken(position, "awarded is not the standing bid")
        due = [_line(auction, line) for line in bid.lines]
        said = [
            (line["need_id"], Decimal(line["quantity"]), line["value_pence"])
            for line in data["lines"]
        ]
        if said != due or sum(line[2] for line in said) != bid.value_pence:
            broken(position, f"awarded {said}, bid {due}")
        award.approved = data

    def _stands_still(self, award: Award, record: Record) -> None:
        data = record["data"]
        today = day_in_london(record["recorded_at"])
        first, last = (date.fromisoformat(data[day]) for day in ("first_day", "last_day"))
        off = set(data["non_working_days"])
        if data["kind"] == "none":
            due = (today, today - DAY)
        elif "calendar_days" in data:
            due = (today + DAY, _working_day(today + data["calendar_days"] * DAY, off))
        else:
            day = start = _working_day(today, off)
            for _ in range((data["days"] if data["kind"] == "voluntary" else 8) - 1):
                day = _working_day(day + DAY, off)
            due = (start, day)
        if (first, last) != due:
            broken(record["position"], f"a standstill from {first} to {last}, due {due}")
        award.last_day = last

    def _entered(self, record: Record) -> None:
        data, position = record["data"], record["position"]
        award = self.by_stream[data["award_id"]]
        if award.over or self._in_force.get(award.auction) != data["award_id"]:
            broken(position, "a contract from an award that is not in force")
        today = day_in_london(record["recorded_at"])
        if award.last_day is None or today <= award.last_day:
            broken(position, f"a contract on {today}, standstill until {award.last_day}")
        if award.suspending:
            broken(position, f"a contract while suspended by {award.suspending}")
        if award.approved is None or data["supplier_id"] != award.approved["supplier_id"]:
            broken(position, "a contract with another than the winner")
        if (other := self._contracts.setdefault(data["award_id"], record["stream"])) != record[
            "stream"
        ]:
            broken(position, f"the award led to {other} already")


def _working_day(day: date, off: set[str]) -> date:
    while day.weekday() > 4 or day.isoformat() in off:
        day += DAY
    return day


def _line(auction: Auction, line: dict[str, Any]) -> tuple[str, Decimal, int]:
    need = auction.needs[line["need_id"]]
    quantity = Decimal(line["quantity"])
    if "rate" in line:
        spend = auction.terms["reference_spend_pence"]
        quantity = by_rate(Decimal(line["rate"]), spend, quantity, divisible=need["divisible"])
    return line["need_id"], quantity, worth_pence(quantity, Decimal(need["pounds_per_unit"]))
