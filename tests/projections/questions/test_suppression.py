"""Small cells are not told, and cannot be computed from what is."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.projections.questions.suppression import LEAST, Cell, Part, organisations, told


def cell(*numbers: int) -> Cell:
    """The organisations with these numbers."""
    return frozenset(Part(f"organisation-{number:02}", "") for number in numbers)


def of(first: int, many: int) -> Cell:
    """So many organisations, from this number on."""
    return cell(*range(first, first + many))


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({}, set()),
        ({"a": of(0, 4)}, set()),
        ({"a": of(0, 5)}, {"a"}),
        ({"a": of(0, 5), "b": of(5, 5)}, {"a", "b"}),
        ({"a": of(0, 3), "b": of(3, 3)}, set()),  # neither; the total of six is told
        ({"a": of(0, 7), "b": of(7, 1)}, set()),  # b would be the total less a
        ({"a": of(0, 7), "b": of(7, 1), "c": of(8, 6)}, {"a"}),
        ({"a": of(0, 7), "b": of(7, 2), "c": of(9, 2)}, set()),  # b and c together are four
        ({"a": of(0, 7), "b": of(7, 2), "c": of(9, 3)}, {"a"}),  # together they are five
        ({"a": of(0, 9), "b": of(2, 7)}, {"a"}),  # a less b would be two
        ({"a": of(0, 12), "b": of(2, 7)}, {"a", "b"}),
        ({"a": of(0, 8), "b": of(4, 8)}, set()),  # all less a would be four, and so less b
        ({"a": of(0, 8), "b": of(3, 10)}, {"a"}),  # all less b would be three
        ({"a": of(0, 8), "b": of(0, 8)}, {"a", "b"}),
        (
            {"small": of(0, 9), "larger": of(9, 6), "micro": of(0, 3), "minor": of(3, 6)},
            {"small", "larger"},
        ),  # small less minor would be micro
    ],
)
def test_cells_of_few_and_what_gives_them_away_are_held_back(
    cells: dict[str, Cell], shown: set[str]
) -> None:
    assert told(cells) == shown


def test_one_organisation_in_several_places_counts_once() -> None:
    spread = frozenset(Part("organisation-00", f"place {n}") for n in range(6))

    assert organisations(spread) == 1
    assert told({"a": spread, "b": of(1, 7)}) == set()


def spanned(row: list[int], rows: list[list[int]]) -> bool:
    """Whether a row is a combination of others: their rank is the same with it."""
    return rank([*rows, row]) == rank(rows)


def rank(rows: list[list[int]]) -> int:
    """Gauss, column by column."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((i for i in range(found, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for i in range(found + 1, len(left)):
            by = left[i][column] / left[found][column]
            left[i] = [a - by * b for a, b in zip(left[i], left[found], strict=True)]
        found += 1
    return found


CELLS = st.lists(
    st.frozensets(st.integers(min_value=0, max_value=13), max_size=12), min_size=1, max_size=6
)


@settings(max_examples=300)
@given(CELLS)
def test_no_small_cell_follows_from_those_told(numbers: list[frozenset[int]]) -> None:
    cells = {f"cell {n}": cell(*of_it) for n, of_it in enumerate(numbers)}
    shown = told(cells)
    everybody = sorted(frozenset().union(*numbers))
    published = [[1] * len(everybody)] if len(everybody) >= LEAST else []
    published += [
        [int(who in numbers[n]) for who in everybody]
        for n in range(len(numbers))
        if f"cell {n}" in shown
    ]

    assert all(organisations(cells[name]) >= LEAST for name in shown)
    for of_it in numbers:
        if 0 < len(of_it) < LEAST:
            assert not spanned([int(who in of_it) for who in everybody], published)
    for one in range(len(published)):
        for other in published[one + 1 :]:
            rest = [a - b for a, b in zip(published[one], other, strict=True)]
            if set(rest) <= {0, 1} or set(rest) <= {0, -1}:
                assert not 0 < abs(sum(rest)) < LEAST
