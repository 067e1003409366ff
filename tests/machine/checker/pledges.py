"""Pledges: each claim decided once and within what was claimed, and what of it counts."""

from decimal import Decimal
from typing import Any

from .saying import Law, Record, broken, by_rate, worth_pence

_OWED_ANEW = {
    "pledge-varied.v1",
    "pledge-materialised.v1",
    "pledge-written-off.v1",
    "pledge-released.v1",
}
_DECIDES = {"delivery-confirmed.v1": "confirmed_by", "dispute-resolved.v1": "resolved_by"}


class Pledge:
    """One pledge, as its records tell it."""

    def __init__(self, terms: dict[str, Any]) -> None:
        self.pounds = Decimal(terms["pounds_per_unit"])
        self.divisible: bool = terms["divisible"]
        self.rate = Decimal(terms["rate"]) if "rate" in terms else None
        self.cap = Decimal(terms["cap"]) if "rate" in terms else None
        self.owed = Decimal(0) if "rate" in terms else Decimal(terms["quantity"])
        self.parties = {terms["supplier_id"], terms["community_id"], terms["authority_id"]}
        self.supplier: str = terms["supplier_id"]
        self.open: dict[int, Decimal] = {}
        self.claims = 0
        self.claimed = Decimal(0)
        self.confirmed = Decimal(0)
        self.counted_pence = 0
        self.claimers: set[str] = set()


class Pledges(Law):
    """Every pledge."""

    def __init__(self) -> None:
        self._by_stream: dict[str, Pledge] = {}

    def feed(self, record: Record) -> None:
        """Follow one record of a pledge."""
        stream, data, kind = record["stream"], record["data"], record["type"]
        if kind == "pledge-committed.v1":
            self._by_stream[stream] = Pledge(data)
            return
        pledge = self._by_stream.get(stream)
        if pledge is None:
            return
        if kind == "delivery-claimed.v1":
            _claimed(pledge, record)
        elif kind == "claim-withdrawn.v1":
            _withdrawn(pledge, record)
        elif kind in _DECIDES:
            _decided(pledge, record)
        elif kind in _OWED_ANEW:
            _owed(pledge, record)
        counted = worth_pence(min(pledge.confirmed, pledge.owed), pledge.pounds)
        if pledge.counted_pence != counted:
            broken(record["position"], f"counted {pledge.counted_pence}, due {counted}")


def _claimed(pledge: Pledge, record: Record) -> None:
    data, before = record["data"], pledge.claimed
    quantity = Decimal(data["quantity"])
    pledge.claims += 1
    pledge.claimed += quantity
    if data["claim_no"] != pledge.claims or quantity <= 0:
        broken(record["position"], f"claim {data['claim_no']} of {quantity}")
    if record["actor"].get("organisation") != pledge.supplier:
        broken(record["position"], "somebody else claimed for the supplier")
    due = worth_pence(pledge.claimed, pledge.pounds) - worth_pence(before, pledge.pounds)
    if data["value_pence"] != due:
        broken(record["position"], f"a claim worth {data['value_pence']}, due {due}")
    pledge.open[data["claim_no"]] = quantity
    pledge.claimers.add(data["claimed_by"])


def _withdrawn(pledge: Pledge, record: Record) -> None:
    quantity = pledge.open.pop(record["data"]["claim_no"], None)
    if quantity is None:
        broken(record["position"], "a claim withdrawn that was not open")
    pledge.claimed -= quantity


def _decided(pledge: Pledge, record: Record) -> None:
    data, before = record["data"], pledge.confirmed
    quantity = Decimal(data["quantity"])
    claimed = pledge.open.pop(data["claim_no"], None)
    if claimed is None or not 0 <= quantity <= claimed:
        broken(record["position"], f"{quantity} of {claimed} claimed")
    if data[_DECIDES[record["type"]]] in pledge.claimers:
        broken(record["position"], "one person claimed and decided")
    if record["actor"].get("organisation") == pledge.supplier:
        broken(record["position"], "the supplier decided its own claim")
    pledge.confirmed += quantity
    due = worth_pence(pledge.confirmed, pledge.pounds) - worth_pence(before, pledge.pounds)
    if data["value_pence"] != due:
        broken(record["position"], f"worth {data['value_pence']}, due {due}")
    pledge.counted_pence += data["counted_pence"]


def _owed(pledge: Pledge, record: Record) -> None:
    data, quantity = record["data"], Decimal(record["data"]["quantity"])
    if Decimal(data["quantity_was"]) != pledge.owed or quantity < 0:
        broken(record["position"], f"owed {data['quantity_was']}, due {pledge.owed}")
    pledge.rate = Decimal(data["rate"]) if "rate" in data else pledge.rate
    pledge.cap = Decimal(data["cap"]) if "cap" in data else pledge.cap
    if record["type"] == "pledge-materialised.v1":
        if pledge.rate is None or pledge.cap is None:
            broken(record["position"], "a fixed pledge materialised")
        due = by_rate(pledge.rate, data["spend_pence"], pledge.cap, divisible=pledge.divisible)
        if quantity != due:
            broken(record["position"], f"materialised {quantity}, due {due}")
    if data["value_pence"] != worth_pence(quantity, pledge.pounds):
        broken(record["position"], f"owed worth {data['value_pence']}")
    pledge.owed = quantity
    pledge.counted_pence += data.get("counted_pence", 0)
