"""What a process says of itself on standard error: a line for each thing, as JSON or as text.

A line says which route, never which address; which key by its name, never its text. Of a
failure it has the kind and the places in our source, not the words: those can quote what
somebody sent. Whatever text comes in from elsewhere is one line of printable characters.
"""

import atexit
import logging
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, Literal

import orjson
import structlog
from structlog.typing import EventDict

from svx_ledger.api.edge import Noted

from .writing import FLUSH_SECONDS, Lines, Waiting

Form = Literal["json", "text"]
MOST_CHARACTERS: Final = 500
MOST_PLACES: Final = 12
_NAMED: Final = {"uvicorn.error": "server"}


class Log:
    """Where a process says what happens. Safe from any thread.

    A line is written at once, or by a thread of its own, so that nobody waits for whoever
    should read it and does not.
    """

    def __init__(self, form: Form, to: BinaryIO, *, waits: bool = True) -> None:
        self._lines: Lines | Waiting = Lines(to) if waits else Waiting(to, self._lost)
        render = structlog.processors.JSONRenderer(serializer=orjson.dumps)
        self._to = structlog.wrap_logger(
            self._lines,
            processors=[_in_order, _printable, render if form == "json" else _for_people],
            wrapper_class=structlog.BoundLogger,
            context_class=dict,
            cache_logger_on_first_use=True,
        )

    def say(self, event: str, **fields: Any) -> None:
        """Say that something happened."""
        self.line("info", event, fields)

    def line(self, level: str, event: str, fields: dict[str, Any]) -> None:
        """Write one line. Where nobody takes it, the work goes on without."""
        with suppress(OSError, ValueError):
            self._to.msg(event, level=level, **fields)

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait until what was said is written, if it is in this time."""
        self._lines.flush(seconds)

    def _lost(self, number: int) -> None:
        self.line("warning", "lines were dropped: nobody took them", {"lines": number})

    def request(self, noted: Noted) -> None:
        """Say that a request was answered."""
        self.line(
            "error" if noted.status >= 500 and noted.status != 503 else "info",
            "stream" if noted.stream else "request",
            {
                "method": noted.method,
                "route": noted.route,
                "status": noted.status,
                "ms": round(noted.seconds * 1000, 2),
                "request_id": noted.request_id,
                "key": noted.api_key_id,
                "received_kib": noted.received_kib,
                "sent_kib": noted.sent_kib,
            },
        )


def set_up(form: Form, to: BinaryIO | None = None) -> Log:
    """Let all loggers of this process write here, and return what else is said by.

    On standard error, which may be a pipe that nobody reads, a thread writes the lines.
    """
    log = Log(form, sys.stderr.buffer if to is None else to, waits=to is not None)
    atexit.register(log.flush)
    root = logging.getLogger()
    root.handlers[:] = [_Into(log)]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate, logger.level = True, logging.WARNING
    return log


class _Into(logging.Handler):
    """The standard library's loggers, said in our form."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Say what a logger was told: its first line, for others quote values."""
        try:
            said = record.getMessage().partition("\n")[0]
        except Exception:  # noqa: BLE001 - a message that does not fit its values
            said = "a message that cannot be written"
        fields: dict[str, Any] = {"logger": _NAMED.get(record.name, record.name)}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= _of_failure(record.exc_info[1])
        self._log.line(record.levelname.lower(), said, fields)


def _of_failure(failure: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(failure.__traceback__)[-MOST_PLACES:]
    return {
        "failure": type(failure).__name__,
        "at": [f"{frame.filename}:{frame.lineno}" for frame in frames],
    }


def _in_order(_: object, __: str, said: EventDict) -> EventDict:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    level, event = said.pop("level"), said.pop("event")
    return {"time": now, "level": level, "event": event, **said}


def _printable(_: object, __: str, said: EventDict) -> EventDict:
    return {name: _clean(value) for name, value in said.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return value


def one_line(text: str) -> str:
    """Return a text without line ends, control, bidirectional and unpaired characters."""
    shown = text[:MOST_CHARACTERS]
    if not shown.isprintable():
        escape: Callable[[str], str] = lambda c: c.encode("unicode_escape").decode()  # noqa: E731
        shown = "".join(c if c.isprintable() else escape(c) for c in shown)
    return shown if len(text) <= MOST_CHARACTERS else shown + "…"


def _for_people(_: object, __: str, said: EventDict) -> bytes:
    at, level, event = said.pop("time"), said.pop("level"), said.pop("event")
    mark = "" if level == "info" else f"{level}: "
    more = " ".join(f"{name}={_worded(value)}" for name, value in said.items())
    return f"{at}  {mark}{event}  {more}".rstrip().encode()


def _worded(value: Any) -> str:
    return orjson.dumps(value).decode() if isinstance(value, list) else str(value)
