"""The parameter `type`: which events are asked for, by the stored name of their type."""

from typing import Final

from svx_ledger.eventlog.types import TYPES, UPCASTS

from .parameters import Parameter
from .written import EventType

TYPE: Final = Parameter(
    name="type",
    form=EventType,
    meaning="Events of this type alone, by its stored name (docs/events.md).",
    known=frozenset({*TYPES, *UPCASTS}),
)
