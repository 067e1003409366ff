"""The scalars of a message as JSON Schema: text, numbers and times, each in its exact form.

`eventlog.scalars` decides; this says the same in patterns that any reader of a schema can run:
ECMA-262 with Unicode, ASCII throughout, `$` being the very end. What no pattern can say stands
beside it as a format: `svx-text` is text in NFC without characters that nobody can see, `date`
and `date-time` are days that there are.
"""

from decimal import Decimal
from typing import Any, Final

from svx_ledger.domain.form import Between, Digits, Length, Matching, StreamOf
from svx_ledger.eventlog.given_times import CLOCK, GIVEN_FORM, OFFSET
from svx_ledger.eventlog.scalars import MAX_INTEGER, MAX_TEXT

Schema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
REFERENCE: Final = "#/$defs/"
"""Where a schema that stands alone has what it is made of."""

_UNSEEN: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
)
"""Control, format, private and ignorable characters of Unicode's first plane. Those beyond it
have no escape that every reader of patterns knows: they are left to the format."""
TEXT_FORMAT: Final = "svx-text"
TEXT: Final[Schema] = {
    "description": "One line in NFC, without control, bidirectional or invisible characters.",
    "type": "string",
    "format": TEXT_FORMAT,
    "pattern": f"^[^{_UNSEEN}]*$",
}
TRIMMED_TEXT: Final[Schema] = {
    "description": "One line in NFC, without control, bidirectional or invisible characters, "
    "and without space at either end.",
    "type": "string",
    "format": TEXT_FORMAT,
    "pattern": rf"^[^\s{_UNSEEN}](?:[^{_UNSEEN}]*[^\s{_UNSEEN}])?$",
}
_DAY: Final = "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
DATE: Final[Schema] = {
    "description": "A day: YYYY-MM-DD.",
    "type": "string",
    "format": "date",
    "pattern": f"^{_DAY}$",
}
INSTANT: Final[Schema] = {
    "description": "An instant in UTC: YYYY-MM-DDTHH:MM:SS.ffffffZ.",
    "type": "string",
    "format": "date-time",
    "pattern": rf"^{_DAY}T{CLOCK}:[0-5][0-9]\.[0-9]{{6}}Z$",
}
"""As answers have it."""
GIVEN_INSTANT: Final[Schema] = {
    "description": f"An instant: {GIVEN_FORM}.",
    "type": "string",
    "format": "date-time",
    "pattern": rf"^{_DAY}T{CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?{OFFSET}$",
}
"""As whoever asks may write it."""
ANY_DECIMAL: Final[Schema] = {
    "description": "A decimal, written plainly.",
    "type": "string",
    "pattern": r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$",
}
"""As the ledger writes what it worked out."""
MOST_WHOLE: Final = 18
MOST_PLACES: Final = 12
"""Digits that a decimal may be written with, whatever its form: the rest must be zeros."""


def mark_of(marks: tuple[Any, ...], *kinds: type[Any]) -> Any:
    """Return the mark of one of these kinds; None where there is none."""
    return next((mark for mark in marks if isinstance(mark, kinds)), None)


def matching(form: StreamOf | Matching) -> Schema:
    """Text of a pattern, or the name of a stream."""
    schema: Schema = {"type": "string", "pattern": f"^(?:{form.compiled.pattern})$"}
    if isinstance(form, StreamOf):
        kind = form.kind.replace("-", " ")
        schema["description"] = (
            f"The name of {_article(kind)} {kind}: `{form.kind}-` and 4 to 32 small letters "
            "and digits."
        )
    elif form.says:
        schema["description"] = f"{form.says[0].upper()}{form.says[1:]}."
    return schema


def bounds_of_text(length: Length | None) -> Schema:
    """How long a text may be, in characters; on the wire what is empty is `""`."""
    if length is None:
        return {"maxLength": MAX_TEXT}
    return {"minLength": length.least, "maxLength": length.most}


def integer(between: Between | None) -> Schema:
    """A whole number within its bounds; never written as 1.0."""
    least, most = (between.least, between.most) if between else (-MAX_INTEGER, MAX_INTEGER)
    return {
        "type": "integer",
        "minimum": max(int(least), -MAX_INTEGER),
        "maximum": min(int(most), MAX_INTEGER),
    }


def decimal(digits: Digits | None, between: Between | None) -> Schema:
    """A decimal as a text of digits: no exponent, no minus zero, exact.

    A schema has no bounds for a text, so they stand in the pattern. Raises TypeError for
    bounds other than from nought to a power of ten.
    """
    digits = digits or Digits(12, 6)
    zeros = MOST_PLACES - digits.places
    places = rf"\.[0-9]{{1,{digits.places}}}" + (f"0{{0,{zeros}}}" if zeros else "")
    if between is None:
        more = min(digits.whole, MOST_WHOLE) - 1
        pattern = rf"^(?!-[0.]+$)-?(?:0|[1-9][0-9]{{0,{more}}})(?:{places})?$"
        said = f"at most {digits.whole} digits before and {digits.places} after the point"
    else:
        power = _power_of_ten(between)
        below = "0" if power == 0 else f"(?:0|[1-9][0-9]{{0,{power - 1}}})"
        most = rf"1{'0' * power}(?:\.0{{1,{MOST_PLACES}}})?"
        pattern = rf"^(?:{below}(?:{places})?|{most})$"
        said = f"from 0 to {between.most}, at most {digits.places} digits after the point"
    return {"type": "string", "pattern": pattern, "description": f"A decimal: {said}."}


def _power_of_ten(between: Between) -> int:
    most = Decimal(between.most)
    power = most.adjusted()
    if between.least != 0 or most != Decimal(10) ** power:
        message = f"{between} is not from nought to a power of ten: it needs a pattern"
        raise TypeError(message)
    return power


def _article(word: str) -> str:
    return "an" if word[0] in "aeio" else "a"
