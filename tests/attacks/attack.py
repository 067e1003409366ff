"""One line of the table of attacks."""

from collections.abc import Callable
from dataclasses import dataclass

from .case import Case
from .checks import Caught, Check


@dataclass(frozen=True, kw_only=True)
class Attack:
    """What an attacker does, who finds it, and which checks do not.

    `caught` stands in the order in which the page names them; without any, it is harmless, or
    nothing finds it, as `why` says. Each check in `missed` ends as if nothing had happened.
    """

    name: str
    does: str
    do: Callable[[Case], object]
    caught: tuple[Caught, ...] = ()
    missed: tuple[Check, ...] = ()
    why: str = ""
