"""After an outage of the witnesses the operator's own database still verifies."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from svx_ledger.domain.book import AddLogKey
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.publishing import lateness
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Cosigned
from svx_ledger.publishing.state.database import NotPublished
from tests.domain.outcome import NOON
from tests.publishing.setting import Desk
from tests.world import OPERATOR, begin, open_auction, registration

from .conftest import Run
from .evidenced import KEY, POLICY, Witness


class SlowWitness(Witness):
    """It can be away, and takes its time for each answer."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(clock)
        self.is_away = False
        self.takes = timedelta(0)

    def cosign(
        self, note: bytes, prove: Callable[[int], list[bytes]], *, head: int = 0
    ) -> Cosigned:
        """Cosign a note once that has taken its time."""
        if self.is_away:
            return Cosigned(note, [], complete=False, failures={"first": "no answer"})
        self._clock.advance_to(self._clock.wall() + self.takes)
        return super().cosign(note, prove, head=head)


def published_with_an_outage(url: str, folder: Path) -> None:
    """Close three auctions while no witness answers, and go on when one does again."""
    clock = SimulatedClock(NOON)
    witness = SlowWitness(clock)
    desk = Desk(url=url, folder=folder)

    def publish() -> None:
        quorum = Quorum(parse_policy(POLICY), witness)
        with desk.publisher([KEY], quorum, lambda: clock.wall().timestamp()) as publisher:
            list(publisher.once())

    with closing(open_store(url)) as store:
        store.create()
        with Ledger(store, clock=clock) as ledger:
            begin(ledger)
            add = AddLogKey(ledger_id="ledger-world", verifier_key=KEY.verifier.text)
            assert isinstance(ledger.execute(add, OPERATOR), Sequenced)
            auctions = [
                open_auction(ledger, f"w00{n}", open_for=timedelta(minutes=10 + 2 * n))
                for n in range(3)
            ]
            publish()
            witness.is_away = True
            for auction in auctions:
                clock.advance_to(auction.closes_at)
                ledger.ticker.look()
                while ledger.ticker.tick():
                    pass
                with pytest.raises(NotPublished, match="too few witnesses"):
                    publish()
            witness.is_away, witness.takes = False, timedelta(seconds=20)
            clock.advance_to(clock.wall() + timedelta(minutes=5))
            publish()
            witness.takes = timedelta(0)
            for number in range(3):
                clock.advance_to(clock.wall() + timedelta(minutes=2))
                later = registration(f"organisation-later{number}")
                assert isinstance(ledger.execute(later, OPERATOR), Sequenced)
                publish()


@pytest.mark.parametrize(("late", "code"), [(lateness.LATE_SECONDS, 0), (10**9, 1)])
def test_closes_that_were_cosigned_late_do_not_make_records_look_backdated(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: int, code: int
) -> None:
    """Were they brought to a quorum however late, honest records would be found (SVX107)."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("SVX_LEDGER", url)
    monkeypatch.setattr(lateness, "LATE_SECONDS", late)
    (tmp_path / "policy").write_text(POLICY)
    published_with_an_outage(url, tmp_path)

    said = svx("verify", "database", "--log", "published", "--policy", "policy")
    assert said.code == code, said.out
    assert ("SVX107" in said.out) is (code == 1)
