"""What is wrong with input that never reached a rule: its form, not its meaning."""

from collections.abc import Mapping
from typing import Final, NoReturn

from svx_ledger.domain.rule import Facts, Refusal, Rule


def _form(name: str, demands: str, remedy: str) -> Rule:
    return Rule(name, demands, remedy, "malformed")


UNKNOWN_FIELD = _form(
    "unknown-field",
    "A message has the documented fields only; over HTTP none that stands in the address.",
    "Remove the field, or mend its name: `known` has the fields of this place.",
)
MISSING_FIELD = _form(
    "missing-field", "A message has all its documented fields.", "Add the field."
)
WRONG_TYPE = _form(
    "wrong-type",
    "Each field has its documented type, and one that is left out is absent, never null.",
    "Send the documented type: decimals, dates and times are texts.",
)
BAD_NAME = _form(
    "bad-name",
    "A stream is named <kind>-<id>, of the kind that the field asks for.",
    "Use the name as the ledger shows it.",
)
BAD_FORM = _form(
    "bad-form",
    "A code, a digest and the like have the form that the field asks for.",
    "Send it in that form.",
)
BAD_TEXT = _form(
    "bad-text",
    "Text is one line of NFC Unicode without control, bidirectional or invisible characters, "
    "and without space at either end.",
    "Remove the characters that cannot be seen, and normalise the text to NFC.",
)
BAD_LENGTH = _form(
    "bad-length", "Texts and lists keep to their documented lengths.", "Shorten or fill it."
)
BAD_NUMBER = _form(
    "bad-number",
    "Numbers are finite, exact and within their documented range.",
    "Send a plain decimal or integer in range.",
)
BAD_TIME = _form(
    "bad-time",
    "Times are RFC 3339 with seconds and an offset, such as 2026-12-01T09:30:00Z; dates read "
    "YYYY-MM-DD.",
    "Send it in that form: T and Z as capitals, at most six decimals, never 24:00, :60 or "
    "-00:00.",
)
DUPLICATE_KEY = _form("duplicate-key", "A field is given once.", "Remove the second one.")
BAD_JSON = _form(
    "bad-json",
    "A message is one JSON object in UTF-8.",
    "Mend the JSON: one {…} with nothing around it, names and texts in double quotes.",
)
TOO_DEEP = _form("too-deep", "JSON nests at most 16 deep.", "Flatten the message.")
TOO_LARGE = _form("too-large", "A message has at most 64 KiB.", "Send less in one command.")
RECORD_TOO_LARGE = _form(
    "record-too-large",
    "What one event records fits into 60 KiB.",
    "Shorten the texts, or split what is asked for.",
)
UNKNOWN_TYPE = _form(
    "unknown-type", "Each command and event has a documented type.", "Use one that exists."
)

FORMS: Final[Mapping[str, Rule]] = {
    rule.name: rule for rule in tuple(globals().values()) if isinstance(rule, Rule)
}
"""Every rule of form by its name. What breaks one is refused, and that is not remembered."""

SAYS_ITS_FORM: Final = frozenset(
    {MISSING_FIELD, WRONG_TYPE, BAD_NAME, BAD_FORM, BAD_LENGTH, BAD_NUMBER, BAD_TIME}
)
"""Of the others the rule itself says all that a field could."""


class Malformed(ValueError):
    """Input that cannot be read; carries the rule of form and where, never the input.

    `pointer` is a JSON pointer (RFC 6901), empty where the whole is at fault (section 5).
    `facts` are what should stand there: its `form` in words, the fields that are `known`.
    """

    def __init__(self, rule: Rule, pointer: str = "", facts: Facts | None = None) -> None:
        super().__init__(f"{rule.name} at {pointer}" if pointer else rule.name)
        self.rule = rule
        self.pointer = pointer
        self.facts: Mapping[str, int | str] = facts or {}

    def under(self, key: str | int, form: str = "") -> "Malformed":
        """Return the same fault as seen from one level further out.

        `form` is what should stand there, and counts where the fault lies in nothing smaller.
        """
        facts = self.facts
        if form and not self.pointer and self.rule in SAYS_ITS_FORM:
            facts = {"form": form, **facts}
        return Malformed(self.rule, f"/{key}{self.pointer}", facts)

    def refusal(self) -> Refusal:
        """Return the fault as the value that callers get."""
        return self.rule.refuse(pointer=self.pointer, **self.facts)


def malformed(rule: Rule) -> NoReturn:
    """Raise the fault at this place."""
    raise Malformed(rule)
