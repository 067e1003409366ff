"""The ledger that is attacked: an auction as it was played, published and witnessed.

Time is simulated and salts are counted, so that it is the same to the byte on every store.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final
from unittest.mock import patch

from svx_ledger.domain.auction.closing import DiscloseAssessment
from svx_ledger.domain.book import AddLogKey
from svx_ledger.domain.organisation import Identifier, RegisterOrganisation
from svx_ledger.domain.private import Private
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witness_call import WitnessAnswer
from svx_ledger.publishing.cosigning.witnesses import Witnesses
from svx_ledger.publishing.standing import Standings
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.witness.answering import Witness
from svx_ledger.witness.state import State, create_state
from tests.domain.outcome import NOON
from tests.publishing.setting import Desk
from tests.world import OPERATOR, OpenedAuction, begin, open_auction

ORIGIN: Final = "ledger.example/world"
KEY: Final = SigningKey(ORIGIN, ED25519, bytes([1]) * 32)
VKEY: Final = KEY.verifier.text
WITNESS_KEY: Final = SigningKey("witness.example", COSIGNATURE, bytes([7]) * 32)
POLICY: Final = (
    f"log {VKEY}\n"
    f"witness first {WITNESS_KEY.verifier.text} http://witness.example\n"
    "quorum first\n"
)
AUCTION: Final = "auction-w001"
BIDS: Final = 230
TEXT: Final = "Ask for the treasurer, mornings only (fictional)"
PRIVATE_STREAM: Final = "organisation-withtext1"
IDLE: Final = timedelta(minutes=30)
"""From the last record to its publication."""
OUTAGE: Final = {
    "command": "ResumeLedger",
    "data": {
        "ledger_id": "ledger-world",
        "not_accepting_from": "2026-03-02T15:00:00.000000Z",
        "accepting_again_at": "2026-03-02T15:10:00.000000Z",
    },
}
"""A command that can be given to it at any time."""


class Time:
    """The ledger's time, taken up again by each program that is run on it."""

    def __init__(self) -> None:
        self.now = NOON

    def seconds(self) -> float:
        """Return it in Unix seconds, for the witness."""
        return self.now.timestamp()


@contextmanager
def witness(folder: Path, clock: Callable[[], float]) -> Iterator[Witness]:
    """A witness of the log, with its state in a folder; whoever asks one asks this."""
    file = folder / "witness.state"
    if not file.exists():
        create_state(file, WITNESS_KEY.verifier)
    with closing(State(file, WITNESS_KEY.verifier)) as state:
        one = Witness(WITNESS_KEY, [KEY.verifier], state, clock)

        async def call(client: object, url: str, body: bytes) -> WitnessAnswer:
            del client, url
            answer = one.add_checkpoint(body)
            return WitnessAnswer(
                answer.status, answer.media_type.partition(";")[0], answer.body
            )

        with patch("svx_ledger.publishing.cosigning.witnesses.call", call):
            yield one


def publish(desk: Desk, clock: Callable[[], float]) -> None:
    """Publish all there is, as the operator's own publisher does."""
    policy = parse_policy(POLICY)
    with (
        witness(desk.folder, clock),
        closing(Witnesses(policy, clock)) as witnesses,
    ):
        desk.publish([KEY], Quorum(policy, witnesses))


class Play:
    """A ledger that is played in two parts; between them a backup can be taken."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.time = Time()
        self._numbers = count(1)
        self._auction: OpenedAuction | None = None
        (desk.folder / "policy").write_text(POLICY)
        key = desk.folder / "key"
        key.touch(mode=0o600)
        key.write_text(f"{KEY.text}\n")
        (desk.folder / "command").write_text(json.dumps(OUTAGE))
        (desk.folder / "kept").mkdir()

    def first_part(self) -> None:
        """Up to the first half of the bids, published as the auction opened and then."""
        with closing(open_store(self._desk.url)) as store:
            store.create()
        with self._ledger() as ledger:
            begin(ledger)
            add = AddLogKey(ledger_id="ledger-world", verifier_key=VKEY)
            assert isinstance(ledger.execute(add, OPERATOR, "the-key-is-added"), Sequenced)
            for number in (1, 2):
                _register(ledger, number)
            self._auction = open_auction(ledger, bidders=2)
        self._publish("opened")
        self._bid(range(BIDS // 2))
        self._publish("half")
        shutil.copytree(self._desk.published, self._desk.folder / "yesterday")

    def second_part(self) -> None:
        """The other bids, the close, and an hour later the disclosure.

        What was recorded last is published half an hour later.
        """
        assert self._auction is not None
        self._bid(range(BIDS // 2, BIDS))
        self._publish("bids")
        with self._ledger() as ledger:
            self._advance(ledger, self._auction.closes_at - self.time.now)
            self._advance(ledger, timedelta(seconds=1))
            ledger.ticker.look()
            while ledger.ticker.tick():
                pass
        self._publish("closed")
        with self._ledger() as ledger:
            self._advance(ledger, timedelta(hours=1))
            command = DiscloseAssessment(auction_id=AUCTION)
            given = ledger.execute(command, self._auction.buyer, "it-is-disclosed-now")
            assert isinstance(given, Sequenced)
        self.time.now += IDLE
        self._publish("end")

    def keep_receipt(self, position: int) -> None:
        """Let somebody have the receipt of a record, with the record in it."""
        with (
            closing(open_store(self._desk.url)) as store,
            closing(open_state(self._desk.url)) as state,
        ):
            (row,) = store.rows(position - 1, 1)
            receipt = Standings(store, state).receipt(row)
        assert receipt is not None
        (self._desk.folder / "receipt").write_bytes(receipt.data())
        (self._desk.folder / "head").write_bytes(receipt.checkpoint)

    def _bid(self, numbers: range) -> None:
        assert self._auction is not None
        with self._ledger() as ledger:
            for number in numbers:
                self._advance(ledger, timedelta(seconds=10))
                bid = self._auction.bid(number % 2, pounds=1_000 + number)
                bidder = self._auction.bidders[number % 2]
                given = ledger.execute(bid, bidder, f"bid-of-number-{number}")
                assert isinstance(given, Sequenced)

    def _advance(self, ledger: Ledger, by: timedelta) -> None:
        self.time.now += by
        assert isinstance(ledger.clock, SimulatedClock)
        ledger.clock.advance_to(self.time.now)

    def _publish(self, name: str) -> None:
        """Publish; somebody keeps the head under a name."""
        publish(self._desk, self.time.seconds)
        head = self._desk.published / "checkpoint"
        shutil.copyfile(head, self._desk.folder / "kept" / name)

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        clock = SimulatedClock(self.time.now)

        def salt() -> bytes:
            return next(self._numbers).to_bytes(16)

        with (
            closing(open_store(self._desk.url)) as store,
            Ledger(store, clock=clock, salts=salt) as ledger,
        ):
            yield ledger
            self.time.now = clock.wall()


def _register(ledger: Ledger, number: int) -> None:
    """Put an organisation on record, with a private text."""
    command = RegisterOrganisation(
        organisation_id=f"organisation-withtext{number}",
        name=f"Organisation {number} (fictional)",
        side="supplier",
        identifiers=(Identifier(scheme="GB-COH", id=f"0123450{number}"),),
        contact=Private(text=TEXT, salt=f"{number:064x}"),
    )
    given = ledger.execute(command, OPERATOR, f"registered-{number:06}")
    assert isinstance(given, Sequenced)
