"""The newest checkpoint of an idle log: cosigned again when that is due, and not on and on."""

from collections.abc import Callable
from contextlib import closing

import pytest

from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Cosigned, Witnesses
from svx_ledger.publishing.renewing import RENEW_SECONDS, RETRY_SECONDS
from svx_ledger.publishing.state.database import NotPublished

from .setting import Desk, naive_note, records
from .witnessed import POLICY, FileWitness

NOBODY = Policy((), {}, {}, "none")
FIRST = 1_000
"""The time of the witness's first cosignature."""


class Asked(FileWitness):
    """A witness that counts how often it is asked."""

    times = 0

    def cosign(
        self, note: bytes, prove: Callable[[int], list[bytes]], *, head: int = 0
    ) -> Cosigned:
        """Count, and cosign."""
        self.times += 1
        return super().cosign(note, prove, head=head)


@pytest.fixture
def unwitnessed(here: Desk) -> Asked:
    """A log is published without witnesses; return the witness of its next policy."""
    here.grow(records(10))
    here.publish()
    return Asked(here.folder / "witness")


def test_a_log_without_witnesses_is_never_renewed(here: Desk, unwitnessed: Asked) -> None:
    """There is nothing to show by that, and each would be a commit that waits for the disk."""
    del unwitnessed
    with closing(Witnesses(NOBODY)) as witnesses:
        for quorum in (None, Quorum(NOBODY, witnesses)):
            with here.publisher(quorum=quorum, now=lambda: 10.0 * RENEW_SECONDS) as idle:
                list(idle.once())

    with here.state() as state:
        assert state.renewed(10) is None


def test_a_stricter_policy_is_met_at_once_by_an_idle_log(
    here: Desk, unwitnessed: Asked
) -> None:
    """The note that was served is accepted by nobody who has the policy that is in force."""
    with here.publisher(quorum=unwitnessed.quorum(), now=lambda: 1.0) as publisher:
        for _ in range(3):  # its clock is long before the next time
            list(publisher.once())
    served = (here.published / "checkpoint").read_bytes()

    assert served.startswith(naive_note(records(10), 10))
    assert Quorum(POLICY, unwitnessed).has(served)
    assert here.notes()[10][1] == naive_note(records(10), 10)
    assert unwitnessed.times == 1 + 1  # once about the past, before anything is signed


@pytest.mark.parametrize("since", [1.0, FIRST + RENEW_SECONDS + 1.0])
def test_witnesses_that_would_not_are_left_alone_for_a_while(
    here: Desk, unwitnessed: Asked, since: float
) -> None:
    now = since
    unwitnessed.is_down = True
    with here.publisher(quorum=unwitnessed.quorum(), now=lambda: now) as publisher:
        for _ in range(5):
            with pytest.raises(NotPublished, match="too few witnesses"):
                list(publisher.once())
        at_first = unwitnessed.times
        now += RETRY_SECONDS
        with pytest.raises(NotPublished, match="too few witnesses"):
            list(publisher.once())
        later = unwitnessed.times
        unwitnessed.is_down = False
        now += RETRY_SECONDS
        list(publisher.once())

    assert (at_first, later, unwitnessed.times) == (1 + 1, 1 + 2, 1 + 3)
    with here.state() as state:
        assert state.renewed(10) is not None
