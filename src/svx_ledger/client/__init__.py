"""The Python client of the HTTP API: commands whose outcome is always one exact word.

`Client` waits, `AsyncClient` is awaited; both have the same methods and know the same things.
They need the extra `client`, the outcomes do not. docs/client.md shows how to use it.

- `outcomes`: what one is told; `address`: where requests go; `asked`: requests and answers
- `call`: attempts, and what answers mean; `giving`, `reading`, `following`: of what
- `beside`: what goes with a command, and the form of its key
- `sse`: the format of live streams
- `core`: what both clients have in common; `blocking`, `asynchronous`: the clients
- `sender`, `async_sender`: how each sends once and hears; `wire`: what both do with the library
- `open_streams`: how a silent live stream ends when its client is closed
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from .outcomes import (
    Done,
    EventReceipt,
    Fault,
    NotAnswered,
    NotDone,
    NotFulfilled,
    OnRecord,
    Problem,
    Refused,
    Unanswered,
    Unknown,
    WrittenEvent,
)

if TYPE_CHECKING:
    from .asynchronous import AsyncClient
    from .blocking import Client

__all__ = [
    "AsyncClient",
    "Client",
    "Done",
    "EventReceipt",
    "Fault",
    "NotAnswered",
    "NotDone",
    "NotFulfilled",
    "OnRecord",
    "Problem",
    "Refused",
    "Unanswered",
    "Unknown",
    "WrittenEvent",
]

_NEEDED: Final = ("httpx2", "tenacity")
_ROOMS: Final = {"Client": "blocking", "AsyncClient": "asynchronous"}


def __getattr__(name: str) -> Any:
    """Import a client when it is first asked for. Raises ImportError without the extra."""
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    except ModuleNotFoundError as missing:
        if missing.name not in _NEEDED:
            raise
        needed = missing.name
    message = f"{name} needs {needed}: pip install 'svx-ledger[client]'"
    raise ImportError(message, name=needed)
