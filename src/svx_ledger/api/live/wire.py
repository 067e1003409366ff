"""Server-sent events as bytes (HTML Living Standard, 9.2)."""

from typing import Final

END_SEEN: Final = "end"
"""The id of the last message of a stream: with it, its board is no longer watched."""


def message(event: str, data: bytes, message_id: int | str) -> bytes:
    """Return one message; `data` is JSON on one line."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        str(message_id).encode("ascii"),
        event.encode("ascii"),
        data,
    )


def opening(retry_ms: int, goes_on_after: int | None) -> bytes:
    """Return what a stream begins with: when, and from where, it is to be asked for again."""
    return b"retry: %d\n%s\n" % (retry_ms, _bare_id(goes_on_after))


def heartbeat(goes_on_after: int | None) -> bytes:
    """Return a comment, which keeps the connection open and finds out whether it is."""
    return b": still here\n%s\n" % _bare_id(goes_on_after)


def _bare_id(position: int | None) -> bytes:
    """Return an id without a message: a reader that comes again gives it all the same."""
    return b"" if position is None else b"id: %d\n" % position
