"""What a command consults is read where it exists, and found to be absent where it does not."""

from dataclasses import dataclass
from pathlib import Path

from svx_ledger import open_ledger
from svx_ledger.domain.kind import Command, States
from svx_ledger.domain.participations import Participations, participations_of
from svx_ledger.ledger import SimulatedClock
from svx_ledger.ledger.cache import ABSENT, Entry
from svx_ledger.ledger.reading import entries_for
from tests.api.served import NINE
from tests.world import begin, open_auction

MADE, READ, CONSULTED = "made-0001", "read-0001", "consulted-0001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks(Command):
    """A command that makes, reads and consults one stream each."""

    made: str = MADE

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the one that it makes."""
        del states
        return (self.made,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the one that it reads."""
        del states
        return (READ,)

    def consults(self, states: States) -> tuple[str, ...]:
        """Return what the one that it reads names."""
        return (CONSULTED,) if READ in states else ()


def test_what_is_consulted_is_looked_for_before_it_is_taken_for_absent() -> None:
    known = {READ: Entry(1, None, "a state")}

    _, missing = entries_for(Asks(), known.get, ABSENT)
    assert missing == [CONSULTED]
    found, missing = entries_for(Asks(), (known | {CONSULTED: ABSENT}).get, ABSENT)
    assert not missing
    assert found == {MADE: ABSENT, **known, CONSULTED: ABSENT}


def test_what_is_made_is_looked_for_where_nothing_stands_in_for_it() -> None:
    _, missing = entries_for(Asks(), lambda _: None)

    assert missing == [MADE, READ]


def test_a_first_participation_begins_a_stream_and_outlives_the_process(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with open_ledger(url, create=True, clock=SimulatedClock(NINE)) as ledger:
        begin(ledger)
        auction = open_auction(ledger)
    suppliers = [bidder.organisation or "" for bidder in auction.bidders]
    with open_ledger(url, clock=SimulatedClock(NINE)) as ledger:
        for supplier in suppliers:
            stream = participations_of(supplier)
            (row,) = ledger.store.stream(stream)

            assert (row.version, row.type) == (1, "participation-began.v1")
            known = ledger.state(Participations, stream)
            assert known == Participations(
                auctions={auction.auction_id: auction.buyer.organisation or ""}
            )
