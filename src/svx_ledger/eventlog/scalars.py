"""The scalars of a message: text, numbers, times and choices, each in its exact form."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from svx_ledger.domain.form import Between, Digits, Length, Matching, StreamOf

from . import form_words
from . import malformed as why
from .canonical import INEXACT
from .given_times import given_instant
from .malformed import malformed

MAX_INTEGER = 2**53 - 1
MAX_TEXT = 2000

_DECIMAL = re.compile(r"(?!-[0.]+\Z)-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,12})?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_WRITTEN_NEVER = _HIDDEN | {"Cn"}
"""Characters that this Python's Unicode does not know yet are not written, but are read: a
newer one may have written them."""
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Of Unicode's Default_Ignorable_Code_Point those that are filed under letters and marks."""

Step = Callable[[Any], Any]


class Shape(NamedTuple):
    """Both directions for one type, and its form in words."""

    encode: Step
    decode: Step
    form: str = ""


def instant(value: datetime) -> str:
    """Write an instant: UTC, always with six digits of a second."""
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            malformed(why.BAD_TIME)
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            malformed(why.BAD_TIME)
    if value.microsecond:  # a fraction that is nought orjson leaves out
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)[1:-1].decode()
    return f"{value.isoformat()[:19]}.000000Z"


def read_instant(text: Any) -> datetime:
    """Read an instant in exactly the form that `instant` writes: a record has no other."""
    if type(text) is not str or _INSTANT.fullmatch(text) is None:
        malformed(why.BAD_TIME)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        malformed(why.BAD_TIME)


def plain_decimal(value: Decimal) -> str:
    """Write a decimal plainly: no exponent, no trailing zero, no minus zero."""
    if not value.is_finite():
        malformed(why.BAD_NUMBER)
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def choice(words: tuple[str, ...]) -> Shape:
    """One of a few words."""
    allowed = frozenset(words)

    def check(value: Any) -> Any:
        if type(value) is not str or value not in allowed:
            malformed(why.WRONG_TYPE)
        return value

    return Shape(check, check, form_words.choice(words))


def text(marks: tuple[Any, ...]) -> Shape:
    """Text, of a length, of a pattern, or the name of a stream."""
    form = next((m for m in marks if isinstance(m, StreamOf | Matching)), None)
    if form is not None:
        return _matching(form)
    length = next((m for m in marks if isinstance(m, Length)), None)
    least, most = (length.least, length.most) if length else (0, MAX_TEXT)

    def check(value: Any, hidden: frozenset[str] = _WRITTEN_NEVER) -> Any:
        if type(value) is not str:
            malformed(why.WRONG_TYPE)
        if not least <= len(value) <= most:
            malformed(why.BAD_LENGTH)
        check_text(value, hidden)
        if length and value != value.strip():  # so that no blank passes for a name or a reason
            malformed(why.BAD_TEXT)
        return value

    said = form_words.text(length, MAX_TEXT)
    return Shape(check, lambda value: check(value, _HIDDEN), said)


def _matching(form: StreamOf | Matching) -> Shape:
    fullmatch = form.compiled.fullmatch
    fault = why.BAD_NAME if isinstance(form, StreamOf) else why.BAD_FORM

    def check(value: Any) -> Any:
        if type(value) is not str:
            malformed(why.WRONG_TYPE)
        if fullmatch(value) is None:
            malformed(fault)
        return value

    return Shape(check, check, form_words.matching(form))


def check_text(value: str, hidden: frozenset[str] = _WRITTEN_NEVER) -> None:
    """Refuse what people cannot see and machines disagree about (invisible, unnormalised)."""
    if value.isascii():
        if value.isprintable():
            return
    elif (
        unicodedata.is_normalized("NFC", value)
        and not any(unicodedata.category(character) in hidden for character in value)
        and _IGNORABLE.search(value) is None
    ):
        return
    malformed(why.BAD_TEXT)


def visible(text: str) -> str:
    """Return a text of somebody else's as it can be stored, with every change to be seen.

    White space becomes single spaces, none at the ends; what nobody can see becomes U+FFFD.
    """
    one_line = " ".join(unicodedata.normalize("NFC", text).split())
    shown = "".join(
        "\ufffd" if unicodedata.category(c) in _WRITTEN_NEVER or _IGNORABLE.match(c) else c
        for c in one_line
    )
    return unicodedata.normalize("NFC", shown)


def integer(marks: tuple[Any, ...]) -> Shape:
    """A whole number within its bounds, below 2^53."""
    bounds = next((m for m in marks if isinstance(m, Between)), None)
    least, most = (bounds.least, bounds.most) if bounds else (-MAX_INTEGER, MAX_INTEGER)

    def check(value: Any) -> Any:
        if type(value) is not int:
            malformed(why.BAD_NUMBER if value is INEXACT else why.WRONG_TYPE)
        if not least <= value <= most or not -MAX_INTEGER <= value <= MAX_INTEGER:
            malformed(why.BAD_NUMBER)
        return value

    return Shape(check, check, form_words.integer(bounds, MAX_INTEGER))


def boolean(_: tuple[Any, ...]) -> Shape:
    """True or false."""

    def check(value: Any) -> Any:
        if type(value) is not bool:
            malformed(why.WRONG_TYPE)
        return value

    return Shape(check, check, form_words.BOOLEAN)


def decimal(marks: tuple[Any, ...]) -> Shape:
    """An exact decimal, written plainly."""
    digits = next((m for m in marks if isinstance(m, Digits)), Digits(12, 6))
    bounds = next((m for m in marks if isinstance(m, Between)), None)
    # What most amounts look like already: nothing to strip, no sign, no exponent, few digits.
    usual = re.compile(
        rf"(?:0|[1-9][0-9]{{0,{digits.whole - 1}}})(?:\.[0-9]{{0,{digits.places - 1}}}[1-9])?",
        re.ASCII,
    ).fullmatch

    def check(value: Decimal) -> None:
        _, digit_count, exponent = (parts := value.as_tuple())[0], len(parts[1]), parts[2]
        if not isinstance(exponent, int) or exponent < -60 or digit_count + exponent > 60:
            malformed(why.BAD_NUMBER)
        whole, _, places = plain_decimal(value).lstrip("-").partition(".")
        if len(whole) > digits.whole or len(places) > digits.places:
            malformed(why.BAD_NUMBER)
        if bounds is not None and not bounds.least <= value <= bounds.most:
            malformed(why.BAD_NUMBER)

    def encode(value: Any) -> str:
        if type(value) is not Decimal:
            malformed(why.WRONG_TYPE)
        if bounds is None and usual(text := str(value)):
            return text
        check(value)
        return plain_decimal(value)

    def decode(text: Any) -> Decimal:
        if type(text) is not str:
            malformed(why.BAD_NUMBER if text is INEXACT else why.WRONG_TYPE)
        if _DECIMAL.fullmatch(text) is None:
            malformed(why.BAD_NUMBER)
        value = Decimal(text)
        if bounds is not None or not usual(text):
            check(value)
        return value

    return Shape(encode, decode, form_words.decimal(digits, bounds))


def _instant(value: Any) -> str:
    if type(value) is not datetime:
        malformed(why.WRONG_TYPE)
    return instant(value)


def _write_date(value: Any) -> str:
    if type(value) is not date:
        malformed(why.WRONG_TYPE)
    return value.isoformat()


def _read_date(text: Any) -> date:
    if type(text) is not str or _DATE.fullmatch(text) is None:
        malformed(why.BAD_TIME)
    try:
        return date.fromisoformat(text)
    except ValueError:
        malformed(why.BAD_TIME)


def facts(value: Any) -> dict[str, Any]:
    """Names and the numbers or texts that explain a refusal."""
    if not isinstance(value, Mapping):
        malformed(why.WRONG_TYPE)
    for name, fact in value.items():
        if type(name) is not str or _FACT_NAME.fullmatch(name) is None:
            malformed(why.WRONG_TYPE)
        if type(fact) is str:
            check_text(fact)
        elif type(fact) is not int or not -MAX_INTEGER <= fact <= MAX_INTEGER:
            malformed(why.BAD_NUMBER)
    return dict(value)


INSTANT = Shape(_instant, read_instant, form_words.EXACT_INSTANT)
GIVEN_INSTANT = Shape(_instant, given_instant, form_words.GIVEN_INSTANT)
"""Of a command, whose giver may write it in any offset: written it is the same instant."""
DATE = Shape(_write_date, _read_date, form_words.DATE)
FACTS = Shape(facts, facts, form_words.FACTS)
