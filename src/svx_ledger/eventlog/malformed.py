"""What is wrong with input that never reached a rule: its form, not its meaning."""

from typing import NoReturn

from svx_ledger.domain.rule import Refusal, Rule


def _form(name: str, demands: str, remedy: str) -> Rule:
    return Rule(name, demands, remedy, "malformed")


UNKNOWN_FIELD = _form(
    "unknown-field", "A message has the documented fields only.", "Remove the field."
)
MISSING_FIELD = _form(
    "missing-field", "A message has all its documented fields.", "Add the field."
)
WRONG_TYPE = _form(
    "wrong-type", "Each field has its documented type.", "Send the documented type."
)
BAD_NAME = _form(
    "bad-name",
    "A stream is named <kind>-<id>, of the kind that the field asks for.",
    "Use the name as the ledger shows it.",
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
    "Times read YYYY-MM-DDTHH:MM:SS.ffffffZ, dates YYYY-MM-DD.",
    "Send UTC in exactly that form.",
)
DUPLICATE_KEY = _form("duplicate-key", "A field is given once.", "Remove the second one.")
BAD_JSON = _form("bad-json", "A message is one JSON object in UTF-8.", "Mend the JSON.")
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


class Malformed(ValueError):
    """Input that cannot be read; carries the rule of form and where, never the input."""

    def __init__(self, rule: Rule, pointer: str = "") -> None:
        super().__init__(f"{rule.name} at {pointer or '/'}")
        self.rule = rule
        self.pointer = pointer

    def under(self, key: str | int) -> "Malformed":
        """Return the same fault as seen from one level further out."""
        return Malformed(self.rule, f"/{key}{self.pointer}")

    def refusal(self) -> Refusal:
        """Return the fault as the value that callers get."""
        return self.rule.refuse(pointer=self.pointer or "/")


def malformed(rule: Rule) -> NoReturn:
    """Raise the fault at this place."""
    raise Malformed(rule)
