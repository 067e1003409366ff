"""What is found: whether a thing is as it should be, and what to do where it is not."""

from typing import Literal, NamedTuple

State = Literal["ok", "warning", "failed"]


class Finding(NamedTuple):
    """One thing that was looked at. A warning can wait until tomorrow; a failure cannot."""

    check: str
    state: State
    detail: str
    remedy: str = ""


def ok(check: str, detail: str) -> Finding:
    """Return that a thing is as it should be."""
    return Finding(check, "ok", detail)


def warning(check: str, detail: str, remedy: str) -> Finding:
    """Return that a thing will make trouble."""
    return Finding(check, "warning", detail, remedy)


def failed(check: str, detail: str, remedy: str) -> Finding:
    """Return that a thing makes trouble now."""
    return Finding(check, "failed", detail, remedy)


def some(names: list[str], most: int = 5) -> str:
    """Return names in a sentence, not all of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
