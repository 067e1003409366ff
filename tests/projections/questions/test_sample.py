"""The monetary-unit sample: the same for everybody, and every penny as likely as any other."""

from collections import Counter
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.record import leaf_of
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.sample import Head, pennies, population, sample
from svx_ledger.projections.view import View
from tests.projections.deal import Deal
from tests.projections.play import Play

from .conftest import view_of

HEAD = Head(95, "ab" * 32)


def by_hand(seed: str, head: Head, size: int, values: list[int]) -> list[tuple[int, int]]:
    """The second way: walk the cells penny by penny, and the lines by subtraction."""
    total, drawn = sum(values), []
    bounds = [total * i // size for i in range(size + 1)]
    for number, (begin, end) in enumerate(pairwise(bounds), start=1):
        said = ["svx/sample/1", seed, str(head.position), head.leaf, str(number), ""]
        remainder = int(sha256("\n".join(said).encode("utf-8")).hexdigest(), 16) % (end - begin)
        penny = left = begin + remainder
        line = 0
        while left >= values[line]:
            left -= values[line]
            line += 1
        drawn.append((penny, line))
    return drawn


@pytest.mark.parametrize("size", [1, 2, 3, 7, 60])
def test_the_sample_is_what_anybody_draws_by_hand(worked: View, size: int) -> None:
    head = HEAD._replace(position=worked.position)
    lines = population(worked)
    expected = by_hand("a seed", head, size, [x.pence("confirmed", "gross") for x in lines])
    found = sample(worked, seed="a seed", size=size, head=head)

    assert [(row.penny, row.need_id) for row in found] == [
        (penny, lines[line].need_id) for penny, line in expected
    ]
    assert [row.draw for row in found] == list(range(1, size + 1))
    assert sample(worked, seed="a seed", size=size, head=head) == found
    for row in found:
        assert row.first <= row.penny <= row.last
        assert row.last - row.first + 1 == row.confirmed_pence
        assert row[-5:-1] == (399_600_000, "a seed", *head)


def test_the_population_is_the_confirmed_social_value(deal: Deal, worked: View) -> None:
    report = leverage_report(worked.rows, as_at=worked.now, known_at=worked.position)
    lines = population(worked)
    pence = [line.pence("confirmed", "gross") for line in lines]

    assert sum(pence) == 399_600_000 == report.total("confirmed").amount * 100  # type: ignore[operator]
    assert [line.need_id for line in lines] == [
        deal.need(measure) for measure in ("cash", "laptop", "expert", "volunteer")
    ]  # in the order in which they were confirmed
    assert pence == [202_515_000, 30_000_000, 90_900_000, 76_185_000]


def test_another_seed_or_another_head_draws_another_sample(worked: View) -> None:
    head = HEAD._replace(position=worked.position)
    drawn = {
        tuple(row.penny for row in sample(worked, seed=seed, size=5, head=of))
        for seed in ("a", "b")
        for of in (head, head._replace(leaf="cd" * 32))
    }

    assert len(drawn) == 4


@given(
    total=st.integers(min_value=1, max_value=10**18),
    size=st.integers(min_value=1, max_value=50),
    seed=st.text(min_size=1, max_size=20),
)
def test_the_cells_cover_every_penny_once(total: int, size: int, seed: str) -> None:
    size = min(size, total)
    found = list(pennies(seed, HEAD, size, total))
    cells = [(i * total // size, (i + 1) * total // size) for i in range(size)]

    assert len(found) == size
    assert all(begin <= penny < end for penny, (begin, end) in zip(found, cells, strict=True))
    assert (cells[0][0], cells[-1][1]) == (0, total)
    assert max(e - b for b, e in cells) - min(e - b for b, e in cells) <= 1


def test_every_penny_is_drawn_about_as_often_as_any_other() -> None:
    total, size, seeds = 40, 4, 6_000
    drawn = Counter(
        penny for seed in range(seeds) for penny in pennies(f"seed {seed}", HEAD, size, total)
    )
    expected = seeds * size / total
    chi_square = sum((drawn[penny] - expected) ** 2 / expected for penny in range(total))

    assert set(drawn) == set(range(total))
    assert sum(drawn.values()) == seeds * size
    assert chi_square < 74  # 36 degrees of freedom: 0.02 % of fair draws go beyond


def test_a_line_as_large_as_two_cells_is_always_drawn(worked: View) -> None:
    head = HEAD._replace(position=worked.position)
    for seed in map(str, range(50)):  # 4 cells of £999,000: the cash is £2,025,150
        found = sample(worked, seed=seed, size=4, head=head)
        assert [row.measure for row in found].count("cash") >= 1


def test_what_is_not_confirmed_is_never_drawn() -> None:
    empty = view_of(Deal(Play()))
    with pytest.raises(BadQuestion, match="1 to 0"):
        sample(empty, seed="a", size=1, head=Head(0, ""))


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (("", 5, 0), "published seed"),
        (("\udcff", 5, 0), "published seed"),  # bytes of a shell that are no UTF-8
        (("a", 0, 0), "1 to 100,000"),
        (("a", 100_001, 0), "1 to 100,000"),
        (("a", -1, 0), "1 to 100,000"),
        (("a", 5, 1), "the head is at"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    worked: View, by: tuple[str, int, int], says: str
) -> None:
    seed, size, ahead = by
    head = HEAD._replace(position=worked.position + ahead)
    with pytest.raises(BadQuestion, match=says):
        sample(worked, seed=seed, size=size, head=head)


def test_the_head_is_the_leaf_of_the_last_record(deal: Deal) -> None:
    last = deal.play.log[-1]

    assert Head.of(deal.play, last.position) == Head(95, leaf_of(last.record).hex())
    with pytest.raises(LookupError):
        Head.of(deal.play, last.position + 1)


def test_the_example_in_the_documentation() -> None:
    assert list(pennies("dice 4 1 6 2 6", HEAD, 3, 10_000_000)) == DOCUMENTED


DOCUMENTED = [601_582, 5_068_750, 7_456_752]
