"""What changed, field by field, in plain values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.plain import plain_of
from svx_ledger.projections.replay import Difference, differences


class Line(NamedTuple):
    """A row with a key."""

    need_id: str
    quantity: Decimal


@dataclass(frozen=True)
class Thing:
    """A thing with parts."""

    name: str
    lines: tuple[Line, ...] = ()
    ends_at: datetime | None = None
    known: frozenset[str] = frozenset()


def test_equal_things_do_not_differ() -> None:
    thing = Thing("a", (Line("n", Decimal("1.50")),), known=frozenset("ab"))

    assert (
        differences(thing, Thing("a", (Line("n", Decimal("1.5")),), None, frozenset("ba")))
        == ()
    )


def test_a_field_is_changed_added_or_removed() -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)

    assert differences(Thing("a"), Thing("b", ends_at=day)) == (
        Difference("/name", "changed", "a", "b"),
        Difference("/ends_at", "added", None, "2026-01-02T00:00:00.000000Z"),
    )
    assert differences(Thing("a", ends_at=day), Thing("a")) == (
        Difference("/ends_at", "removed", "2026-01-02T00:00:00.000000Z"),
    )


def test_an_item_stands_under_what_it_is_known_by() -> None:
    before = Thing("a", (Line("n1", Decimal(1)), Line("n2", Decimal(2))))
    after = Thing("a", (Line("n2", Decimal(3)), Line("n3", Decimal(4))))

    assert differences(before, after) == (
        Difference("/lines/n1", "removed", {"need_id": "n1", "quantity": "1"}),
        Difference("/lines/n2/quantity", "changed", "2", "3"),
        Difference("/lines/n3", "added", None, {"need_id": "n3", "quantity": "4"}),
    )


def test_an_item_that_nothing_tells_apart_stands_under_its_place() -> None:
    assert differences([{"x": 1}, {"x": 2}], [{"x": 1}, {"x": 3}, {"x": 4}]) == (
        Difference("/1/x", "changed", 2, 3),
        Difference("/2", "added", None, {"x": 4}),
    )
    twice = [{"need_id": "n", "x": 1}, {"need_id": "n", "x": 2}]
    assert differences(twice, twice[:1]) == (
        Difference("/1", "removed", {"need_id": "n", "x": 2}),
    )


def test_names_come_in_and_go_out() -> None:
    assert differences(["a", "b"], ["b", "c"]) == (
        Difference("/a", "removed", "a"),
        Difference("/c", "added", None, "c"),
    )


def test_another_order_alone_is_a_change() -> None:
    assert differences({"who": ["a", "b"]}, {"who": ["b", "a"]}) == (
        Difference("/who", "changed", ["a", "b"], ["b", "a"]),
    )


def test_a_pointer_escapes_as_in_rfc_6901() -> None:
    assert [d.field for d in differences({}, {"a/b": 1, "c~d": 2})] == ["/a~1b", "/c~0d"]


def test_what_is_of_another_kind_is_changed_as_a_whole() -> None:
    assert differences({"a": [1]}, {"a": {"b": 1}}) == (
        Difference("/a", "changed", [1], {"b": 1}),
    )


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("10.00"), "10"),
        (date(2026, 1, 2), "2026-01-02"),
        ({"a": None, "b": ()}, {"b": []}),
        (frozenset({"b", "a"}), ["a", "b"]),
        (Line("n", Decimal("0.10")), {"need_id": "n", "quantity": "0.1"}),
        (True, True),
    ],
)
def test_values_are_plain(value: Any, plain: Any) -> None:
    assert plain_of(value) == plain


PLAIN = st.recursive(
    st.integers(0, 3) | st.text("ab/~", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/", max_size=2), inner)
    ),
    max_leaves=8,
)


@given(PLAIN, PLAIN)
def test_nothing_differs_only_where_the_values_are_equal(before: Any, after: Any) -> None:
    found = differences(before, after)

    assert (found == ()) == (before == after)
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(d.field, d.how, d.before) for d in map(frozen, found)} == {
        (d.field, opposite[d.how], d.after) for d in map(frozen, differences(after, before))
    }


def frozen(one: Difference) -> Difference:
    """Return a difference whose values can be in a set."""
    return one._replace(before=repr(one.before), after=repr(one.after))
