"""Server-sent events, read as the WHATWG HTML standard says (9.2.6). No I/O is in it."""

import codecs
import re
from typing import Final, NamedTuple

_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)


class Message(NamedTuple):
    """One message: what sort it is, its text, and the last event id when it was dispatched."""

    event: str
    data: str
    id: str


class Parser:
    """The bytes of one connection, cut anywhere, as messages.

    Lines end in CR, LF or CRLF; a byte order mark at the beginning, comments and unknown
    fields are passed over; a message that was not ended by an empty line is none.
    """

    def __init__(self, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        """Where to go on after this connection: of the last message that was ended."""
        self.retry_seconds: float | None = None
        """How long to wait before the next connection, where the exchange has said so."""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._id = last_event_id
        self._event = ""
        self._data: list[str] = []
        self._line: list[str] = []
        self._begun = self._after_cr = False

    def feed(self, chunk: bytes) -> list[Message]:
        """Return the messages that end in this chunk."""
        text = self._decode(chunk)
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix("\ufeff")
        if text and self._after_cr:  # the line ended with the CR, whatever came next
            text = text.removeprefix("\n")
            self._after_cr = False
        if not text:
            return []
        self._after_cr = text.endswith("\r")
        *ended, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        messages = []
        for line in ended:
            self._line.append(line)
            message = self._took("".join(self._line))
            self._line.clear()
            if message is not None:
                messages.append(message)
        self._line.append(rest)
        return messages

    def _took(self, line: str) -> Message | None:
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if _DIGITS.fullmatch(value):
                self.retry_seconds = int(value[:12]) / 1000
            case _:  # a comment, whose name is empty, or a field of a later time
                pass
        return None

    def _dispatched(self) -> Message | None:
        self.last_event_id = self._id
        event, data = self._event or "message", self._data
        self._event, self._data = "", []
        return Message(event, "\n".join(data), self._id) if data else None
