"""Ports that break at the k-th point of a run: right before a call does its work, or after.

The points of a run are all that it asks of the log, the state, the mark, the folder and the
witnesses; between two of them nothing happens that anybody else could see.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any


class Broke(Exception):
    """The failure that was asked for."""


def breaks() -> None:
    """Fail as a program does that goes on."""
    raise Broke


def dies() -> None:
    """End as a program does that is killed."""
    os.kill(os.getpid(), signal.SIGKILL)


class Script:
    """Counts the points of a run and does what is asked for at one of them."""

    def __init__(self, at: int = 0, act: Callable[[], None] = breaks) -> None:
        self._at = at
        self._act = act
        self._points = count(1)
        self.reached = 0

    def point(self) -> None:
        """Pass one point, or not."""
        self.reached = next(self._points)
        if self.reached == self._at:
            self._act()


class Breaking:
    """A port, broken by a script. Each call has a point before it and one behind it."""

    def __init__(self, port: Any, script: Script) -> None:
        self._port = port
        self._script = script

    def __getattr__(self, name: str) -> Any:
        """Return what the port has there, broken if it can be called."""
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._script.point()
            result = found(*given, **named)
            if isinstance(result, AbstractContextManager):
                return self._around(result)
            if not isinstance(result, Iterator):
                self._script.point()
            return result

        return call

    @contextmanager
    def _around(self, manager: AbstractContextManager[Any]) -> Iterator[Any]:
        with manager as inner:
            plain = inner is None or isinstance(inner, bool)
            yield inner if plain else Breaking(inner, self._script)
        self._script.point()
