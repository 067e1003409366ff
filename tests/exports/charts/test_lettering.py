"""Texts are kept in their room without asking a font."""

from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.exports.charts.lettering import cleaned, cut, width, wrapped

ANY = st.text(st.characters(), max_size=60)  # surrogates too


@given(ANY)
def test_a_cleaned_text_is_one_line_that_can_be_encoded(text: str) -> None:
    clean = cleaned(text)

    assert clean.encode().decode() == clean
    assert len(clean.splitlines()) <= 1
    assert cleaned(clean) == clean


def test_what_turns_other_characters_round_is_shown() -> None:
    assert cleaned("a\u202eb\u2067c") == "a\ufffdb\ufffdc"
    assert cleaned("مجتمع محلي") == "مجتمع محلي"


def test_control_characters_are_spaces_and_runs_are_one() -> None:
    assert cleaned(" a\r\n\tb\x00\x7f\x85c\u2028d ") == "a b c d"


def test_what_is_no_character_is_shown_as_such() -> None:
    assert cleaned("\ud800\udfff\ufffe\U0010ffff") == 4 * "\ufffd"


@given(ANY.map(cleaned), st.integers(20, 300))
def test_a_cut_text_has_room_and_keeps_both_ends(text: str, room: int) -> None:
    shortened = cut(text, 12, room)

    assert width(shortened, 12) <= room
    if shortened != text:
        head, tail = shortened.split("…", 1) if text.count("…") == 0 else ("", "")
        assert text.startswith(head)
        assert text.endswith(tail)


def test_a_text_that_has_room_is_left_alone() -> None:
    room = width("volunteer hours", 12)

    assert cut("volunteer hours", 12, room) == "volunteer hours"
    assert cut("volunteer hours", 12, room - 1) == "voluntee…ours"


def test_a_very_long_text_is_cut_at_once() -> None:
    assert width(cut("x" * 1_000_000, 12, 300), 12) <= 300


@given(ANY.map(cleaned), st.integers(20, 300))
def test_wrapping_loses_nothing_and_keeps_to_the_room(text: str, room: int) -> None:
    lines = wrapped(text, 12, room)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 12) <= room for line in lines)
    assert all(lines)
