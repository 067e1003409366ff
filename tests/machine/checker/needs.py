"""Needs: listed once at a time, never over-committed, free again when their auction ends."""

from decimal import Decimal

from .auctions import Auctions
from .awards import Awards
from .saying import Law, Record, broken


class Need:
    """One need, as its records tell it."""

    def __init__(self, quantity: str) -> None:
        self.quantity = Decimal(quantity)
        self.listed_in: str | None = None
        self.commitments: dict[str, Decimal] = {}


class Needs(Law):
    """Every need, and which are listed in each auction."""

    def __init__(self, auctions: Auctions, awards: Awards) -> None:
        self._auctions = auctions.by_stream
        self._awards = awards.by_stream
        self._by_stream: dict[str, Need] = {}
        self._listed: dict[str, set[str]] = {}
        self._ended: set[str] = set()
        """Auctions that ended with the command that is being read."""

    def feed(self, record: Record) -> None:
        """Follow one record of a need, or the end of an auction."""
        stream, data, kind = record["stream"], record["data"], record["type"]
        if kind == "need-proposed.v1":
            self._by_stream[stream] = Need(data["quantity"])
        elif kind == "contract-entered.v1":
            self._ended.add(data["auction_id"])
        elif stream in self._auctions and self._auctions[stream].ended:
            self._ended.add(stream)
        elif kind in {"award-lapsed.v1", "award-set-aside.v1"}:
            self._ended.add(self._awards[stream].auction)
        elif stream in self._by_stream:
            self._follow(self._by_stream[stream], record)

    def settle(self, position: int) -> None:
        """No auction that has ended reserves a need."""
        for auction in self._ended:
            if kept := self._listed.get(auction):
                broken(position, f"{auction} ended and reserves {sorted(kept)}")
        self._ended.clear()

    def _follow(self, need: Need, record: Record) -> None:
        stream, data, kind = record["stream"], record["data"], record["type"]
        if kind in {"need-listed.v1", "need-relisted.v1"}:
            if need.listed_in is not None:
                broken(record["position"], f"listed in {need.listed_in} already")
            need.listed_in = data["auction_id"]
            self._listed.setdefault(data["auction_id"], set()).add(stream)
        elif kind in {"need-released.v1", "need-delisted.v1"}:
            if need.listed_in != data["auction_id"]:
                broken(record["position"], f"released from {data['auction_id']}")
            need.listed_in = None
            self._listed[data["auction_id"]].discard(stream)
        elif kind == "need-committed.v1":
            need.commitments[data["pledge_id"]] = Decimal(data["quantity"])
        elif kind == "need-corrected.v1":
            need.quantity = Decimal(data.get("quantity", need.quantity))
        if sum(need.commitments.values()) > need.quantity:
            broken(record["position"], f"{need.commitments} of {need.quantity} asked")
