"""Examples by area of the exchange, each `(stream, command, event)`; all of them fictional."""

import importlib
import pkgutil
from typing import Final

from svx_ledger.domain.kind import Event

Example = tuple[str, str, Event]

EXAMPLES: Final[tuple[Example, ...]] = tuple(
    example
    for area in sorted(module.name for module in pkgutil.iter_modules(__path__))
    for example in importlib.import_module(f"{__name__}.{area}").EVENTS
)
