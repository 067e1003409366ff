"""A service that is told to end while it starts: that is no fault, it ends with 0.

Once it listens its server hears the signals itself. What comes before, loading the program and
opening the ledger, takes a second or more, and would end as if it had been killed.
"""

import os
import signal
from collections.abc import Sequence
from typing import Any

_VALUED = ("--ledger", "--actor")
"""The global options that are followed by their value."""


def hear(arguments: Sequence[str]) -> None:
    """End with 0 when told to from here on, if the verb that is asked for serves."""
    if _verb(arguments) == "serve":
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)


def _verb(arguments: Sequence[str]) -> str | None:
    words = iter(arguments)
    for word in words:
        if word in _VALUED:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def _end(*_: Any) -> None:
    """Be gone: nothing was answered yet, and what is written bears it, as it does `kill -9`.

    An exception would not do: while modules are loaded some of them turn it into another, or
    drop it.
    """
    os._exit(0)
