"""Whether the needs that a contract is to serve are still reserved by its auction."""

from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.kind import States
from svx_ledger.domain.need import Need
from svx_ledger.domain.rule import Refusal, Rule

NEED_NOT_RESERVED = Rule(
    "need-not-reserved",
    "The auction of a contract reserves its needs, each for as much as was awarded.",
    "Lapse the award: another auction or pledge serves the need named.",
    "conflict",
)


def unless_reserved(award: Award, states: States) -> Refusal | None:
    """Refuse a need that the auction does not reserve, or not for its awarded line.

    - Each need of the auction is listed in it, and in no other since.
    - No awarded line is more than what is outstanding of its need; of a rate line that is its
      cap, the most that may come of it.
    """
    for need_id in states.of(Auction, award.auction_id).needs:
        listed_in = states.of(Need, need_id).listed_in
        if listed_in != award.auction_id:
            return NEED_NOT_RESERVED.refuse(need=need_id, listed_in=listed_in or "none")
    for line in award.lines:
        outstanding = states.of(Need, line.need_id).outstanding
        if line.most > outstanding:
            return NEED_NOT_RESERVED.refuse(
                need=line.need_id, awarded=line.most, outstanding=outstanding
            )
    return None
