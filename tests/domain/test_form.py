"""The marks on a field's type: which texts they let through, and what they say to people."""

import gc
from importlib import import_module
from pkgutil import walk_packages

import pytest

import svx_ledger
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


def test_every_pattern_says_in_words_what_it_is() -> None:
    for module in walk_packages(svx_ledger.__path__, "svx_ledger."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    marks = [one for one in gc.get_objects() if isinstance(one, Matching)]

    assert len({one.pattern for one in marks}) > 20
    assert [one.pattern for one in marks if not one.says or one.pattern in one.says] == []


@pytest.mark.parametrize(
    ("text", "fits"), [("a1_", True), ("a-1", False), ("\u00e9", False), ("\u0663", False)]
)
def test_a_pattern_is_of_ascii_text(text: str, *, fits: bool) -> None:
    mark = Matching(r"\w+", "a word")

    assert (mark.compiled.fullmatch(text) is not None) is fits
