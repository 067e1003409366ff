"""The client for programs that wait for each answer."""

from collections.abc import Generator
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from svx_ledger.domain.kind import Command

from .address import Parameter
from .beside import beside
from .call import Call
from .core import Core
from .following import Following
from .outcomes import Done
from .reading import Json, Pages, Table
from .sender import Sender, chunks
from .wire import closed_meanwhile

T = TypeVar("T")


class Client:
    """The exchange over HTTP, in words that say exactly what became of each command.

    `key` is an API key; without one the client reads what is everybody's. One attempt waits
    `timeout` seconds, and a call goes on trying for `retry_for` seconds in all; with 0 there is
    one attempt. `base_url` begins with https, unless it is this machine or `allow_http`.

    Raises ValueError for an address or a key that is none. Safe from any thread; close it at
    the end, or use it in a `with`: a call that is under way then makes no further attempt, and
    a live stream ends, also one that is silent.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        retry_for: float = 30.0,
        allow_http: bool = False,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._core = Core(base_url, timeout=timeout, retry_for=retry_for, allow_http=allow_http)
        self._sender = Sender(self._core, key, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._core.base!r})"

    def close(self) -> None:
        """Close the connections, and end the live streams: with NotAnswered, at once."""
        self._sender.close()

    def execute(
        self,
        command: Command,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
        on_behalf_of: str | None = None,
        wait_published: bool = False,
    ) -> Done:
        """Give a command; return once it is on the log.

        A key is made where none is given, and is the same for every attempt of this call: the
        command is carried out once at most. Keep a key of your own beside what you do, where
        it must survive your program. `expected_version`: only if its thing has that version;
        `on_behalf_of`: the community organisation for which the operator enters it.
        `wait_published`: the answer comes once it is published, with its receipts, or after
        five seconds without: `Done.state` says which.

        Raises Refused (the exchange says no, for ever), NotDone (nothing was written: try
        again), Unknown (give it again under the same key); ValueError for a command that is
        not given over HTTP.
        """
        given = beside(
            idempotency_key, expected_version, on_behalf_of, wait_published=wait_published
        )
        return self._perform(self._core.execute(command, given))

    def execute_new(
        self,
        command_cls: type[Command],
        *,
        idempotency_key: str | None = None,
        on_behalf_of: str | None = None,
        wait_published: bool = False,
        **fields: Any,
    ) -> Done:
        """Make a thing that the ledger names, as `Done.stream` says: the same for the same key.

        `fields` are the command's, but for the first. Otherwise as `execute`.
        """
        given = beside(idempotency_key, None, on_behalf_of, wait_published=wait_published)
        return self._perform(self._core.execute_new(command_cls, fields, given))

    def get(self, path: str, /, **parameters: Parameter) -> Json:
        """Return what stands at a path, e.g. `get("/awards/award-8f3k")`.

        Raises Refused (it does not exist, or is not for this key), NotAnswered; ValueError for
        what is no path.
        """
        return self._perform(self._core.get(path, parameters))

    def table(self, path: str, /, **parameters: Parameter) -> Table:
        """Return a table, of texts, as it is for spreadsheets. Otherwise as `get`."""
        return self._perform(self._core.table(path, parameters))

    def pages(self, path: str, /, **parameters: Parameter) -> Generator[Json, None, None]:
        """Give each item of a list, which is read page by page. Otherwise as `get`."""
        return self._each(self._core.pages(path, parameters))

    def events(self, after: int = 0, **parameters: Parameter) -> Generator[Json, None, None]:
        """Give each event behind a log position, up to the end of the log. As `pages`."""
        return self._each(self._core.events(after, parameters))

    def outcome(self, command_id: str, *, on_behalf_of: str | None = None) -> Json:
        """Return what became of a command of one's own, by its key. Otherwise as `get`.

        `on_behalf_of`: as it was given with the command.
        """
        return self._perform(self._core.outcome(command_id, on_behalf_of))

    def receipt(self, position: int) -> bytes:
        """Return the receipt of an event, as it stands in a file (C2SP tlog-proof).

        It is asked for again until it is published. Raises Refused where nobody may know of
        the event, or this key may not see the whole of its record; otherwise as `get`.
        """
        return self._perform(self._core.receipt(position))

    def board(self, auction_id: str, supplier_id: str | None = None) -> Json:
        """Return an auction as one may see it now, or a bidder's own board. As `get`."""
        return self._perform(self._core.board(auction_id, supplier_id))

    def leverage(self, **parameters: Parameter) -> Json:
        """Return the leverage report of what is asked for. Otherwise as `get`."""
        return self._perform(self._core.get("/leverage", parameters))

    def stream_events(
        self, after: int | None = None, **parameters: Parameter
    ) -> Generator[Json, None, None]:
        """Give each event as it comes, behind a log position or from now on, without an end.

        Connections that are cut are opened again where they ended: none is left out, and none
        comes twice. `stream` and `type` ask for those of one thing or of one type. Raises
        Refused, and NotAnswered where no connection is to be had.
        """
        return self._follow(self._core.stream_events(after, parameters))

    def watch(
        self, auction_id: str, supplier_id: str | None = None
    ) -> Generator[Json, None, None]:
        """Give an auction's board, and again whenever it has changed, until bidding is over.

        The last is that of the ranking, or of an auction without one. A ranked one may still be
        voided, or ranked anew without an excluded supplier: `stream_events` tells of that. A
        board that comes after a cut is the newest one; otherwise as `stream_events`.
        """
        return self._follow(self._core.watch(auction_id, supplier_id))

    def _perform(self, call: Call[T]) -> T:
        for attempt in call.attempts():
            with attempt:
                return call.judge(self._sender.send(call.request, call.until()))
        raise AssertionError("the last attempt returns or raises")

    def _each(self, pages: Pages) -> Generator[Json, None, None]:
        while (call := pages.call()) is not None:
            yield from pages.items(self._perform(call))

    def _follow(self, following: Following) -> Generator[Json, None, None]:
        while not following.ended:
            response = self._connected(following)
            if response is None:
                return
            with self._sender.streams.reading(response):
                for chunk in chunks(response):
                    for item in following.fed(chunk):
                        if self._sender.is_closed():
                            raise closed_meanwhile()
                        yield item
                    if following.ended:
                        return
            if self._sender.is_closed():
                raise closed_meanwhile()
            self._sender.streams.pause(following.pause())

    def _connected(self, following: Following) -> httpx2.Response | None:
        """Open a connection of a live stream; None where the stream is at its end."""
        call = following.connecting()
        for attempt in call.attempts():
            with attempt:
                response, reply = self._sender.begin(call.request, call.until())
                call.judge(reply)
                return response
        raise AssertionError("the last attempt returns or raises")
