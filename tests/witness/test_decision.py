"""The rules of a witness, one test a bullet, with an example on either side."""

import pytest

from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from svx_ledger.witness.decision import (
    NEVER,
    ClockBehind,
    Cosign,
    Decision,
    Held,
    OtherSize,
    Shrinks,
    TwoRoots,
    Unproven,
    decide,
)
from svx_ledger.witness.request import parse_request

from .conftest import NOON
from .logs import Log, request

LOG = Log()
FORK = Log("fork", shared=3)


def held(size: int, time: int = NOON, log: Log = LOG) -> Held:
    return Held(size, log.root(size), time, log.note(size))


def asked(given: Held, body: bytes, now: int = NOON) -> Decision:
    return decide(given, parse_request(body), now)


def test_the_size_that_is_extended_is_not_larger_than_the_new_one() -> None:
    assert asked(held(5), request(5, [], LOG.note(4))) == Shrinks()
    assert asked(held(5), LOG.request(5, 5)) == Cosign(held(5))


@pytest.mark.parametrize("old", [0, 2, 4])
def test_the_old_size_is_that_of_the_newest_head_that_was_cosigned(old: int) -> None:
    assert asked(held(3), LOG.request(old, 5)) == OtherSize(3)
    assert asked(held(3), LOG.request(3, 5)) == Cosign(held(5))


def test_a_log_that_was_never_cosigned_is_extended_from_nothing() -> None:
    assert asked(NEVER, LOG.request(3, 5)) == OtherSize(0)
    assert asked(NEVER, LOG.request(0, 5)) == Cosign(held(5))


def test_an_empty_log_is_cosigned_by_its_one_root() -> None:
    empty = LOG.note(0)

    assert asked(NEVER, request(0, [], empty)) == Cosign(Held(0, EMPTY_ROOT, NOON, empty))


def test_one_size_has_one_root() -> None:
    assert asked(held(5), FORK.request(5, 5)) == TwoRoots(held(5), FORK.note(5))


def test_the_proof_leads_from_the_held_head_to_the_new_one() -> None:
    fork = asked(held(4), FORK.request(4, 5))
    bare = asked(held(3), request(3, [], LOG.note(5)))
    wrong = asked(held(3), request(3, LOG.proof(2, 5), LOG.note(5)))

    assert [type(one) for one in (fork, bare, wrong)] == [Unproven] * 3
    assert asked(held(3), FORK.request(3, 5)) == Cosign(held(5, log=FORK))


@pytest.mark.parametrize("old", [0, 5])
def test_the_proof_is_empty_where_nothing_is_to_be_proven(old: int) -> None:
    given = held(5) if old else NEVER

    decision = asked(given, request(old, [bytes(32)], LOG.note(5)))

    assert isinstance(decision, Unproven)


def test_the_same_head_is_cosigned_again_with_a_newer_time() -> None:
    assert asked(held(5), LOG.request(5, 5), NOON + 600) == Cosign(held(5, NOON + 600))


def test_no_cosignature_is_earlier_than_the_one_before_it() -> None:
    assert asked(held(3), LOG.request(3, 5), NOON - 5) == Cosign(held(5, NOON))
    assert asked(held(3), LOG.request(3, 5), NOON - 6) == ClockBehind()
