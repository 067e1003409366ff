"""What was, the slow way: every event from the first, one after the other, nothing clever."""

from datetime import datetime

from svx_ledger.domain import vocabulary
from svx_ledger.domain.auction.breaks import SupplierExcluded
from svx_ledger.domain.auction.events import BidAccepted, BidWithdrawn
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.memory import Tables


class Naive:
    """A whole log in memory."""

    def __init__(self, store: Store) -> None:
        self.recorded = [read_record(row) for row in store.rows()]
        self.everything = self.rows(len(self.recorded))

    def position(self, at: datetime) -> int:
        """How many events were recorded by then."""
        return sum(event.recorded_at <= at for event in self.recorded)

    def until(self, position: int) -> list[Recorded]:
        """The events up to a position."""
        return [event for event in self.recorded if event.position <= position]

    def states(self, position: int) -> dict[str, tuple[object, Recorded]]:
        """Every stream's state, with its last event."""
        states: dict[str, tuple[object, Recorded]] = {}
        for event in self.until(position):
            before = states[event.stream][0] if event.stream in states else None
            states[event.stream] = (
                vocabulary.evolve(event.stream, before, event.event),
                event,
            )
        return states

    def rows(self, position: int) -> Tables:
        """What all projections make of the log up to a position."""
        tables = Tables()
        for event in self.until(position):
            for projection in PROJECTIONS:
                tables.apply(projection.project(event))
        return tables

    def order(self, auction_id: str, position: int) -> list[tuple[str, int]]:
        """Who led an auction, and with which bid: by score, then by the earlier bid.

        For auctions that rank on social value.
        """
        standing: dict[str, tuple[BidAccepted, int]] = {}
        for recorded in self.until(position):
            if recorded.stream != auction_id:
                continue
            match recorded.event:
                case BidAccepted() as bid:
                    standing[bid.supplier_id] = bid, recorded.position
                case BidWithdrawn(supplier_id=gone) | SupplierExcluded(supplier_id=gone):
                    standing.pop(gone, None)
                case _:
                    pass
        best = sorted(
            standing.values(), key=lambda b: (-(b[0].score_points or b[0].value_pence), b[1])
        )
        return [(bid.supplier_id, bid.value_pence) for bid, _ in best]
