"""Spend: stated by its payer for itself, and nothing in it tells of a hidden participation."""

from .saying import Law, Record, broken

_SPEND = {
    "exchange-spend-recorded.v1": {"authority"},
    "administration-cost-recorded.v1": {"authority"},
    "input-recorded.v1": {"authority", "supplier", "community"},
}


class Payers(Law):
    """Who is on which side, and of which procurements everybody knows who took part."""

    def __init__(self) -> None:
        self._sides: dict[str, str] = {}
        self._procurements: dict[str, str] = {}
        self._taking_part: dict[str, set[str]] = {}
        self._shown: set[tuple[str, str]] = set()

    def feed(self, record: Record) -> None:
        """Follow who takes part where, and hold each record of spend to its payer."""
        stream, data, kind = record["stream"], record["data"], record["type"]
        match kind:
            case "organisation-registered.v1":
                self._sides[stream] = data["side"]
            case "auction-drafted.v1":
                self._procurements[stream] = data["procurement_id"]
            case "participation-began.v1":
                supplier = stream.replace("participations-", "organisation-")
                self._taking_part.setdefault(data["auction_id"], set()).add(supplier)
            case "bids-ranked.v1":
                procurement = self._procurements[stream]
                suppliers = self._taking_part.get(stream, set())
                self._shown |= {(supplier, procurement) for supplier in suppliers}
            case _:
                pass
        if kind in _SPEND:
            self._stated(record, _SPEND[kind])

    def _stated(self, record: Record, sides: set[str]) -> None:
        data, actor, position = record["data"], record["actor"], record["position"]
        payer, side = data["payer_id"], self._sides[data["payer_id"]]
        if actor.get("organisation") != payer or actor.get("on_behalf_of", payer) != payer:
            broken(position, f"{actor} states what {payer} paid")
        if side not in sides or actor["role"].partition(".")[0] != side:
            broken(position, f"{actor['role']} states what one of side {side} paid")
        named = data.get("procurement_id")
        if side == "supplier" and named and (payer, named) not in self._shown:
            broken(position, f"it tells that {payer} takes part in {named}")
