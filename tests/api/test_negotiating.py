"""Which form an answer has: what is most welcome of what there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.api.negotiating import CSV, EVENT_STREAM, JSON, best

BOTH = (JSON, CSV)


@pytest.mark.parametrize(
    ("accept", "given_form"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/*", CSV),
        ("text/csv;q=0.5, application/json;q=0.4", CSV),
        ("text/csv;q=0.5, application/json;q=0.5", JSON),
        ("text/csv ; Q=1.0 , */*;q=0.9", CSV),
        ("application/json;q=0, */*", CSV),
        ("application/*;q=0.1, application/json;q=0.9, text/csv;q=0.5", JSON),
        ("text/html", None),
        ("*/*;q=0", None),
        ("application/json;q=0", None),
        ("text/csv;q=2", JSON),  # cannot be read, so that it counts as absent
        ("*/csv", JSON),
        ("text/csv;q=2, text/html", None),
        ("text/csv;header=present", CSV),
    ],
)
def test_the_most_welcome_form_is_given(accept: str | None, given_form: str | None) -> None:
    assert best(accept, BOTH) == given_form


def test_a_stream_has_to_be_asked_for() -> None:
    assert best("*/*", (JSON, EVENT_STREAM)) == JSON
    assert best("text/event-stream", (JSON, EVENT_STREAM)) == EVENT_STREAM
    assert best("text/event-stream, */*;q=0.1", (JSON, EVENT_STREAM)) == EVENT_STREAM


@given(st.text(max_size=200))
def test_no_header_is_too_strange_to_be_read(accept: str) -> None:
    assert best(accept, BOTH) in (JSON, CSV, None)
