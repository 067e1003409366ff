"""What stands in a field, in words: for whoever sent something else.

The words are of the form alone, never of what was sent. They are true of JSON and of what is
typed at a terminal.
"""

from collections.abc import Collection, Iterable
from typing import Final

from svx_ledger.domain.form import Between, Count, Digits, Length, Matching, StreamOf

from .given_times import GIVEN_FORM

BOOLEAN: Final = "true or false (in JSON without quotes)"
DATE: Final = "a day that there is, as text: YYYY-MM-DD"
EXACT_INSTANT: Final = "an instant in UTC: YYYY-MM-DDTHH:MM:SS.ffffffZ"
GIVEN_INSTANT: Final = f"an instant, as text: {GIVEN_FORM}"
FACTS: Final = "an object of names with texts or whole numbers"


def matching(form: StreamOf | Matching) -> str:
    """Say what a text of a pattern is, or whose name is asked for."""
    if isinstance(form, StreamOf):
        kind = form.kind.replace("-", " ")
        article = "an" if kind[0] in "aeio" else "a"
        return (
            f"the name of {article} {kind}: {form.kind}- and 4 to 32 small letters and digits"
        )
    return form.says


def text(length: Length | None, most: int) -> str:
    """Say how long a text is."""
    least, most = (length.least, length.most) if length else (0, most)
    return f"text of {least} to {most} characters"


def choice(words: Iterable[str]) -> str:
    """Say which words there are."""
    return f"one of these, as text: {', '.join(words)}"


def integer(bounds: Between | None, most: int) -> str:
    """Say within which bounds a whole number lies."""
    least, most = (int(bounds.least), int(bounds.most)) if bounds else (-most, most)
    return f"a whole number without a point (in JSON without quotes), from {least} to {most}"


def decimal(digits: Digits, bounds: Between | None) -> str:
    """Say how a decimal is written, and within which bounds it lies."""
    said = (
        'a decimal such as 12.5 (in JSON as text, "12.5"): '
        f"at most {digits.whole} digits before and {digits.places} after the point"
    )
    return said if bounds is None else f"{said}, from {bounds.least} to {bounds.most}"


def items(count: Count, each: str) -> str:
    """Say how many items a list has, and what each is."""
    return f"a list of {count.least} to {count.most}, each {each}"


def fields(names: Iterable[str], may_be_left_out: Collection[str] = ()) -> str:
    """Say which fields an object has, and which of them need not be there."""
    said = f"an object of these fields: {', '.join(names)}"
    if not may_be_left_out:
        return said
    return f"{said}; {', '.join(may_be_left_out)} may be left out"


def one_of_fields(names: Iterable[str]) -> str:
    """Say which fields there are at a place that was given another one."""
    said = ", ".join(names)
    return f"one of these fields: {said}" if said else "no field: an empty object"
