"""The rules of proxy sets, each on either side of its boundary."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.digest import digest
from svx_ledger.domain.proxies import AdoptProxySet, ProxyAdded, ProxySet, ProxySetAdopted

from .cast import (
    ADOPTED,
    AUTHORITY,
    BIDDER,
    BUYER,
    EVALUATING,
    EVALUATOR,
    LAPTOPS,
    LEAD,
    OTHER_BUYER,
    PROXY_SET,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome

HOURS = replace(LAPTOPS, measure="hour", unit="hour", pounds_per_unit=Decimal("16.93"))
ADOPT = AdoptProxySet(
    proxy_set_id=PROXY_SET,
    adopter_id=EVALUATING,
    name="Proxies 2025",
    proxies=(LAPTOPS, HOURS),
)
HISTORY: Past = [*verified(EVALUATING, "evaluator"), *verified(AUTHORITY, "authority")]


def test_a_table_is_recorded_line_by_line_and_then_adopted_as_a_whole() -> None:
    recorded = outcome(given=HISTORY, when=ADOPT, by=EVALUATOR)

    assert recorded == [
        ProxyAdded(proxy=LAPTOPS),
        ProxyAdded(proxy=HOURS),
        ProxySetAdopted(
            adopter_id=EVALUATING,
            name="Proxies 2025",
            count=2,
            sha256=digest((LAPTOPS, HOURS)),
        ),
    ]


@pytest.mark.parametrize(
    ("by", "refused"),
    [
        (EVALUATOR, False),
        (BUYER, False),
        (replace(BUYER, role="authority.observer"), True),
        (BIDDER, True),
        (OPERATOR, True),
        (LEAD, True),
    ],
    ids=lambda value: value.role if isinstance(value, Actor) else "",
)
def test_an_evaluator_or_an_authority_adopts(by: Actor, *, refused: bool) -> None:
    adopter = AUTHORITY if by.side == "authority" else EVALUATING
    adopt = replace(ADOPT, adopter_id=adopter)

    assert (outcome(given=HISTORY, when=adopt, by=by) == "role-not-allowed") is refused


def test_the_organisation_that_adopts_is_the_actors_verified_and_on_that_side() -> None:
    unverified = registered(EVALUATING, "evaluator")
    supplier = verified(EVALUATING, "supplier")
    of_authority = replace(ADOPT, adopter_id=AUTHORITY)

    assert isinstance(outcome(given=HISTORY, when=of_authority, by=BUYER), list)
    assert outcome(given=HISTORY, when=of_authority, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=HISTORY, when=of_authority, by=EVALUATOR) == "not-yours"
    assert outcome(given=unverified, when=ADOPT, by=EVALUATOR) == "not-verified"
    assert outcome(given=supplier, when=ADOPT, by=EVALUATOR) == "wrong-side"
    assert outcome(when=ADOPT, by=EVALUATOR) == "not-found"


def test_each_measure_is_valued_once() -> None:
    dearer = replace(HOURS, pounds_per_unit=Decimal(20))
    twice = replace(ADOPT, proxies=(HOURS, LAPTOPS, dearer))

    assert outcome(given=HISTORY, when=twice, by=EVALUATOR) == "measure-twice"
    assert isinstance(outcome(given=HISTORY, when=ADOPT, by=EVALUATOR), list)


@pytest.mark.parametrize(
    ("pounds", "refused"), [("0.000001", False), ("0", True), ("-0.000001", True)]
)
def test_one_unit_is_worth_more_than_nothing(pounds: str, *, refused: bool) -> None:
    worth = replace(HOURS, pounds_per_unit=Decimal(pounds))
    adopt = replace(ADOPT, proxies=(LAPTOPS, worth))
    recorded = outcome(given=HISTORY, when=adopt, by=EVALUATOR)

    assert (recorded == "proxy-not-positive") is refused


@pytest.mark.parametrize(
    ("points", "refused"),
    [(None, False), ("0.000001", False), ("0", True), ("-0.000001", True)],
)
def test_one_unit_scores_more_than_nothing_where_it_scores(
    points: str | None, *, refused: bool
) -> None:
    scores = replace(HOURS, points_per_unit=None if points is None else Decimal(points))
    adopt = replace(ADOPT, proxies=(LAPTOPS, scores))
    recorded = outcome(given=HISTORY, when=adopt, by=EVALUATOR)

    assert (recorded == "proxy-not-positive") is refused


def test_a_table_without_points_has_the_digest_that_it_always_had() -> None:
    assert digest((LAPTOPS,)) == (
        "4427cdef429082537d313a96050e49c019c443acdfe71e3b8b2b345819b5ff88"
    )


def test_a_set_is_adopted_once() -> None:
    assert outcome(given=[*HISTORY, *ADOPTED], when=ADOPT, by=EVALUATOR) == "already-exists"


def test_a_set_values_nothing_until_the_whole_table_is_there() -> None:
    half, whole = World(ADOPTED[:1]).streams[PROXY_SET], World(ADOPTED).streams[PROXY_SET]

    assert half == ProxySet(proxies={"laptop": LAPTOPS})
    assert half.phase == "being adopted"
    assert isinstance(half, ProxySet)
    assert not half.adopted
    assert whole == ProxySet(
        name="Proxies 2025",
        proxies={"laptop": LAPTOPS},
        adopter_id=EVALUATING,
        phase="adopted",
    )
    assert isinstance(whole, ProxySet)
    assert whole.adopted


def test_every_line_of_a_table_is_kept() -> None:
    world = World(HISTORY)
    world.execute(ADOPT, EVALUATOR, NOON)

    assert world.streams[PROXY_SET] == ProxySet(
        name="Proxies 2025",
        proxies={"laptop": LAPTOPS, "hour": HOURS},
        adopter_id=EVALUATING,
        phase="adopted",
    )
