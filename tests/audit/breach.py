"""A kind of planted breach: how it is planted, and what an audit must find first, and where."""

from collections.abc import Callable
from dataclasses import dataclass

from .forging import Draft
from .history import Fact

Place = Fact | Callable[[], int]
"""Where the first finding is: at an event, or at a position known once all is pressed."""
Plant = Callable[[Draft], Place]


@dataclass(frozen=True, slots=True)
class Breach:
    """One kind of breach in one of the honest histories (`honest.STORIES`)."""

    name: str
    rule: str
    plant: Plant
    story: str


BREACHES: dict[str, Breach] = {}
"""All kinds by name; the modules of `breaches` declare them."""


def breach(rule: str, *, of: str = "demo") -> Callable[[Plant], Plant]:
    """Declare a kind of breach, which is found first by this rule."""

    def declare(plant: Plant) -> Plant:
        name = getattr(plant, "__name__", "")
        assert name not in BREACHES, name
        BREACHES[name] = Breach(name, rule, plant, of)
        return plant

    return declare


def position(place: Place) -> int:
    """Return where the finding must be, after the draft was pressed."""
    return place.position if isinstance(place, Fact) else place()
