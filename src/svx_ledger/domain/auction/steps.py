"""The order of things in one auction: its phases, and a supplier's steps towards bidding."""

from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule

from .state import Auction, Participation, Phase

NOT_INVITED = Rule(
    "not-invited",
    "Only invited suppliers take part.",
    "Ask the authority for an invitation.",
    "forbidden",
)
OTHER_REQUEST = Rule(
    "other-request",
    "A second person answers the request that stands, by its number.",
    "Read the request that stands now, and answer it by its number.",
    "conflict",
)


def unless_in(auction: Auction, *phases: Phase) -> Refusal | None:
    """Refuse where the auction is in none of these phases."""
    if auction.phase not in phases:
        return WRONG_STATE.refuse(state=auction.phase, expected=", ".join(phases))
    return None


def unless_live(auction: Auction) -> Refusal | None:
    """Refuse once the auction holds its lot no longer, or has led to a contract."""
    if auction.concluded:
        return WRONG_STATE.refuse(state="concluded", expected="no contract entered")
    if auction.ended:
        ended = "lot released" if auction.released else auction.phase
        return WRONG_STATE.refuse(state=ended, expected="not ended")
    return None


def unless_unsealed(auction: Auction) -> Refusal | None:
    """Refuse once the assessment is sealed: whom and what it scores is settled."""
    if auction.scores is not None:
        return WRONG_STATE.refuse(state="assessment sealed", expected="not sealed")
    return None


def unless_at(auction: Auction, supplier_id: str, expected: Participation) -> Refusal | None:
    """Refuse where the supplier is not at this step of taking part."""
    step = auction.participants.get(supplier_id)
    if step is None:
        return NOT_INVITED.refuse(supplier=supplier_id)
    if step != expected:
        return WRONG_STATE.refuse(state=step, expected=expected)
    return None
