"""The document with the words of today alone: what answers have, and the forms let grow.

A form of an answer takes any word beside those that there are, for programs made of it. What
the service answers today is held to those that there are.
"""

from typing import Any

from svx_ledger.api.document.choices import is_open


def with_known_words(document: Any) -> Any:
    """Return the same without the forms of words that may come."""
    if isinstance(document, list):
        return [with_known_words(part) for part in document]
    if not isinstance(document, dict):
        return document
    if is_open(document):
        rest = {name: part for name, part in document.items() if name != "anyOf"}
        return rest | with_known_words(document["anyOf"][0])
    return {name: with_known_words(part) for name, part in document.items()}
