"""What is different between two courses of an auction, in sentences."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.events import RankedBid
from svx_ledger.domain.values import pounds, utc


class Went(Protocol):
    """How an auction went."""

    @property
    def closes_at(self) -> datetime:
        """Return when it closed."""

    @property
    def extensions(self) -> int:
        """Return how often its close was moved."""

    @property
    def phase(self) -> str:
        """Return what it had come to."""

    @property
    def ranking(self) -> Sequence[RankedBid]:
        """Return its bids in order."""

    @property
    def assessment(self) -> Sequence[AssessedTender] | None:
        """Return its tenders in order."""

    @property
    def winner(self) -> str | None:
        """Return who came first."""


def told(was: Went, would: Went) -> Iterator[str]:
    """Tell what would have been otherwise, and why; or that nothing would."""
    different = False
    for sentence in _sentences(was, would):
        different = True
        yield sentence
    if not different:
        yield "the order of the bidders, the close and the winner would be the same"


def _sentences(was: Went, would: Went) -> Iterator[str]:
    if was.closes_at != would.closes_at or was.extensions != would.extensions:
        yield (
            f"it closed at {utc(was.closes_at)} after {was.extensions} extensions, and would "
            f"close at {utc(would.closes_at)} after {would.extensions}"
        )
    if was.phase != would.phase:
        yield f"it is {was.phase}, and would be {would.phase}"
    before = {bid.supplier_id: bid for bid in was.ranking}
    after = {bid.supplier_id: bid for bid in would.ranking}
    for who in (*before, *(who for who in after if who not in before)):
        if (sentence := _place(who, before.get(who), after.get(who))) is not None:
            yield sentence
    yield from _points(was, would)
    if was.winner != would.winner:
        yield _winner(was, would)


def _place(who: str, was: RankedBid | None, would: RankedBid | None) -> str | None:
    if was == would:
        return None
    if would is None and was is not None:
        return f"{who} ranked {was.rank} with bid {was.bid_no}, and would have no bid"
    if was is None and would is not None:
        return f"{who} had no bid, and would rank {would.rank} with bid {would.bid_no}"
    assert was is not None
    assert would is not None
    return (
        f"{who} ranked {was.rank} with bid {was.bid_no} at {pounds(was.value_pence)}, "
        f"and would rank {would.rank} with bid {would.bid_no} at {pounds(would.value_pence)}"
    )


def _points(was: Went, would: Went) -> Iterator[str]:
    before = {tender.supplier_id: tender.total for tender in was.assessment or ()}
    for tender in would.assessment or ():
        total = before.get(tender.supplier_id)
        if total is not None and total != tender.total:
            yield (
                f"{tender.supplier_id} had {total:f} points in the assessment, and would have "
                f"{tender.total:f}"
            )


def _winner(was: Went, would: Went) -> str:
    """Tell who would have come first instead, and by what."""
    if would.winner is None:
        return f"{was.winner} came first, and nobody would"
    first = f"{was.winner} came first, and {would.winner} would" if was.winner else would.winner
    by = ""
    if would.assessment:
        by = f" with {would.assessment[0].total:f} points in the assessment"
    elif would.ranking:
        by = f" with {pounds(would.ranking[0].value_pence)}"
    return f"{first}{by}"
