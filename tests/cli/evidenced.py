"""A small auction that is the same on every store, published step by step and witnessed."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from svx_ledger.domain.auction.closing import DiscloseAssessment
from svx_ledger.domain.book import AddLogKey
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Cosigned, Witnesses
from tests.domain.outcome import NOON
from tests.publishing.setting import Desk, key_number
from tests.world import OPERATOR, OpenedAuction, begin, open_auction, registration

ORIGIN = "ledger.example/world"
KEY = key_number(1, ORIGIN)
WITNESS = SigningKey("witness.example", COSIGNATURE, bytes([7]) * 32)
POLICY = f"log {KEY.verifier.text}\nwitness first {WITNESS.verifier.text}\nquorum first\n"
CANARY_POUNDS = 777_123
"""What nobody may be shown before the ranking."""


class Witness:
    """It cosigns whatever it is shown, at the ledger's own time."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    def cosign(
        self, note: bytes, prove: Callable[[int], list[bytes]], *, head: int = 0
    ) -> Cosigned:
        """Cosign a note."""
        del prove, head
        parsed = parse_note(note)
        line = cosign(WITNESS, parsed.text_bytes, int(self._clock.wall().timestamp()))
        whole = Note(parsed.text, (*parsed.signatures, line)).data()
        return Cosigned(whole, [line], complete=True, failures={})


@dataclass(frozen=True)
class Played:
    """A ledger with an auction, and a way to go on and to publish."""

    url: str
    desk: Desk
    ledger: Ledger
    clock: SimulatedClock
    auction: OpenedAuction

    @property
    def head(self) -> int:
        """Where the log ends."""
        return self.ledger.store.head().position

    def publish(self) -> None:
        """Publish all there is."""
        policy = parse_policy(POLICY)
        self.desk.publish([KEY], Quorum(policy, Witness(self.clock)))

    def publish_unwitnessed(self) -> None:
        """Record something, and publish all there is under a policy that asks nobody."""
        other = registration(f"organisation-other{self.head}")
        assert isinstance(self.ledger.execute(other, OPERATOR), Sequenced)
        nobody = parse_policy("quorum none\n")
        with closing(Witnesses(nobody)) as witnesses:
            self.desk.publish([KEY], Quorum(nobody, witnesses))

    def end(self, *, disclose: bool = True) -> None:
        """Close the auction, which is then ranked, and disclose the assessment."""
        self.clock.advance_to(self.auction.closes_at + timedelta(minutes=1))
        self.ledger.ticker.look()
        while self.ledger.ticker.tick():
            pass
        if disclose:
            command = DiscloseAssessment(auction_id=self.auction.auction_id)
            given = self.ledger.execute(command, self.auction.buyer, "it-is-disclosed-now")
            assert isinstance(given, Sequenced)


@contextmanager
def played(url: str, folder: Path, cash: int = CANARY_POUNDS) -> Iterator[Played]:
    """Play an auction up to its bids; publish before it opens, and then."""
    clock = SimulatedClock(NOON)
    numbers = count(1)
    with closing(open_store(url)) as store:
        store.create()
        with Ledger(store, clock=clock, salts=lambda: next(numbers).to_bytes(16)) as ledger:
            begin(ledger)
            add = AddLogKey(ledger_id="ledger-world", verifier_key=KEY.verifier.text)
            assert isinstance(ledger.execute(add, OPERATOR, "the-key-is-added"), Sequenced)
            desk = Desk(url=url, folder=folder)
            auction = open_auction(ledger, bidders=2)
            one = Played(url, desk, ledger, clock, auction)
            one.publish()
            for number, bidder in enumerate((0, 1, 0)):
                clock.advance_to(clock.wall() + timedelta(seconds=30))
                bid = auction.bid(bidder, pounds=cash + number)
                given = ledger.execute(bid, auction.bidders[bidder], f"bid-of-number-{number}")
                assert isinstance(given, Sequenced)
            one.publish()
            yield one
