"""Two thousand bodies that no client of ours would send; `make faults` sends 100,000."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .bodies import Bodies
from .directly import Sent
from .spoiling import SORTS
from .target import Target, target

MANY = 2_000


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Target]:
    with target(tmp_path) as found:
        yield found


def test_whatever_is_sent_is_answered_as_documented_and_leaves_nothing(one: Target) -> None:
    seen = one.run(Bodies(one, seed=7, drawn=3).requests(MANY), MANY)

    assert seen.faults == []
    assert seen.many == MANY
    assert {*seen.kinds} == {what for what, _ in SORTS}
    assert len(seen.problems) > 30
    assert seen.statuses[200] > 10


def test_a_request_can_be_made_again_from_its_number(one: Target) -> None:
    def bytes_of(sent: Sent) -> list[object]:
        headers = [h for h in sent.headers if h[0] not in (b"authorization", b"if-match")]
        return [sent.what, sent.method, sent.query, headers, sent.parts, sent.ends]

    first, again = (list(Bodies(one, seed=3, drawn=1).requests(300)) for _ in range(2))

    assert [bytes_of(sent) for sent in first] == [bytes_of(sent) for sent in again]


def test_who_goes_away_in_the_middle_of_a_body_is_no_fault_of_the_program(one: Target) -> None:
    """Or else anybody could fill the log with errors, and raise an alarm."""
    whole = Bodies(one, seed=1, drawn=1)
    cut = (sent for sent in whole.requests(200) if not sent.ends)
    seen = one.run(cut, 1)

    assert seen.faults == []
    assert seen.problems["too-slow"] > 2
    assert seen.statuses.keys() <= {403, 404, 408, 409, 412, 428}
