"""The marks on a field's type: which texts they let through."""

import pytest

from svx_ledger.domain.form import Matching, StreamOf


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("proxy-set-8f3k", True),
        ("proxy-set-8f3k2m7q8f3k2m7q8f3k2m7q8f3k2m7q", True),
        ("proxy-set-8f3", False),
        ("proxy-set-8f3k2m7q8f3k2m7q8f3k2m7q8f3k2m7qx", False),
        ("proxy-set-8F3K", False),
        ("proxy-set-\u0663\u0663\u0663\u0663", False),  # digits, but not of ASCII
        ("proxy-8f3k", False),
        ("proxy-set-8f3k\n", False),
    ],
)
def test_a_stream_is_named_by_its_kind_and_an_id(text: str, *, fits: bool) -> None:
    mark = StreamOf("proxy-set")

    assert (mark.compiled.fullmatch(text) is not None) is fits


@pytest.mark.parametrize(
    ("text", "fits"), [("a1_", True), ("a-1", False), ("\u00e9", False), ("\u0663", False)]
)
def test_a_pattern_is_of_ascii_text(text: str, *, fits: bool) -> None:
    mark = Matching(r"\w+")

    assert (mark.compiled.fullmatch(text) is not None) is fits
