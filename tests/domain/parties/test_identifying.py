"""Numbers and names, however spelled: what is one thing, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.organisation.identifying import (
    Identifier,
    Scheme,
    name_key,
    name_skeleton,
    normal_id,
)
from tests.strategies import values_of, visible_text


@given(values_of(Identifier))
def test_a_normal_number_is_normal(identifier: Identifier) -> None:
    once = normal_id(identifier.scheme, identifier.id)

    assert normal_id(identifier.scheme, once) == once


@given(visible_text(1, 200))
def test_a_skeleton_is_its_own_skeleton(name: str) -> None:
    once = name_skeleton(name)

    assert once
    assert name_skeleton(once) == once


@given(st.integers(1, 10**8 - 1))
def test_zeros_before_a_company_number_change_nothing(number: int) -> None:
    spelled = {f"identifier:GB-COH/{number:08}"}

    assert {
        Identifier(scheme="GB-COH", id=f"{number:0{n}}").key for n in range(1, 9)
    } == spelled


@pytest.mark.parametrize(
    ("scheme", "one", "other"),
    [
        ("GB-COH", "1234567", "01234567"),
        ("GB-COH", "SC1234", "SC001234"),
        ("GB-COH", "OC012345", "OC12345"),
        ("GB-SC", "SC1234", "SC001234"),
        ("GB-SC", "001234", "SC001234"),
        ("GB-NIC", "NIC100012", "100012"),
        ("GB-CHC", "1122334", "01122334"),
        ("GB-CHC", "1122334", "1122334-0"),
        ("GB-CHC", "01122334", "001122334-0"),
    ],
)
def test_two_spellings_of_a_number_are_one(scheme: Scheme, one: str, other: str) -> None:
    assert Identifier(scheme=scheme, id=one).key == Identifier(scheme=scheme, id=other).key


@pytest.mark.parametrize(
    ("scheme", "one", "other"),
    [
        ("GB-COH", "1234567", "SC1234567"),
        ("GB-COH", "SC001234", "NI001234"),
        ("GB-COH", "12345678", "012345678"),
        ("GB-COH", "IP1234R", "IP01234R"),
        ("GB-CHC", "200001", "2000010"),
        ("GB-CHC", "200001", "200001-1"),
        ("GB-CHC", "200001", "200001-10"),
        ("GB-CHC", "200001", "200001-00"),
        ("GB-CHC", "0", "1-0"),
        ("GB-NIC", "100012", "0100012"),
        ("GB-SC", "SC1234567", "1234567"),
        ("GB-LAE", "SC1234", "SC001234"),
        ("GB-COH", "SC001234", "00001234"),
        ("GB-CHC", "SC1234", "SC001234"),
        ("GB-CHC", "NIC100012", "100012"),
    ],
)
def test_two_numbers_are_two(scheme: Scheme, one: str, other: str) -> None:
    assert Identifier(scheme=scheme, id=one).key != Identifier(scheme=scheme, id=other).key


def test_the_same_number_on_two_lists_is_two() -> None:
    assert Identifier(scheme="GB-CHC", id="200001").key == "identifier:GB-CHC/200001"
    assert Identifier(scheme="GB-LAE", id="200001").key == "identifier:GB-LAE/200001"


@pytest.mark.parametrize(
    ("scheme", "stated", "normal"),
    [
        ("GB-COH", "1234567", "01234567"),
        ("GB-COH", "SC1234", "SC001234"),
        ("GB-SC", "1234", "SC001234"),
        ("GB-NIC", "NIC100012", "100012"),
        ("GB-CHC", "01122334-0", "1122334"),
        ("GB-LAE", "abc1", "ABC1"),
    ],
)
def test_a_number_has_this_one_spelling_for_ever(
    scheme: Scheme, stated: str, normal: str
) -> None:
    assert normal_id(scheme, stated) == normal


def test_small_letters_are_the_capitals_of_a_number() -> None:
    assert normal_id("casc", "ch123") == "CH123"


@pytest.mark.parametrize(
    "other",
    [
        "THE LANTERN HOUSE",
        "Lantern House Ltd",
        "Lantern House Limited",
        "Lantern House C.I.C.",
        "Lantern House L\u00edmited",
        "Lantérn House",
        "Lantern-House",
        "Lantern  House!",
        "LanternHouse",
        "Lantern H0use",
        "\uff2cantern House",
        "L\u0430nt\u0435rn House",
        "Lantern H\u03bfuse",
        "\u039bantern House".replace("\u039b", "L"),
        "1antern House",
        "Iantern House",
    ],
)
def test_names_that_look_alike_have_one_key(other: str) -> None:
    assert name_key(other) == name_key("Lantern House") == "name:lanternhouse"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lantern House", "Lantern Home"),
        ("Supplier 1", "Supplier 2"),
        ("The Limited", "The Ltd"),
        ("House of Lantern", "Lantern House"),
    ],
)
def test_names_that_differ_have_two_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_an_ampersand_is_and() -> None:
    assert name_key("Bread & Butter") == name_key("Bread and Butter")


def test_apostrophes_of_every_sort_are_nothing() -> None:
    assert {
        name_key(f"St John{mark}s") for mark in ("", "'", "\u2019", "\u2018", "`", "\u00b4")
    }
    assert len({name_key(f"St John{mark}s") for mark in ("", "'", "\u2019", "\u00b4")}) == 1


@pytest.mark.parametrize("name", ["The Ltd", "***", "\u0301"])
def test_a_name_of_nothing_else_keeps_what_it_has(name: str) -> None:
    assert len(name_key(name)) > len("name:")
    assert name_key("The Ltd.") == name_key("The, Ltd") == "name:theltd"


def test_the_key_of_a_long_name_is_bounded() -> None:
    assert len(name_key("\ufdfa" * 200)) == len("name:") + 200
    assert name_key("b" * 200) == f"name:{'b' * 200}"
