"""Reads: objects, tables, and lists that come in pages."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from .address import Parameter, path_of, path_with
from .asked import Heard, OtherShape, Request, json_of
from .call import Call, Patience

Json = dict[str, Any]
CSV: Final = "text/csv"
TEXT: Final = "text/plain"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the exchange writes it for spreadsheets: its columns, and rows of texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Give each row by its columns' names."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def reading(
    path: str,
    parameters: Mapping[str, Parameter],
    patience: Patience,
    headers: Mapping[str, str] | None = None,
) -> Call[Json]:
    """Return the call that reads one object; `headers` are sent as well."""
    request = _request(path, parameters, JSON)
    if headers:
        request = replace(request, headers={**request.headers, **headers})
    return Call(request, patience, json_of)


def reading_table(
    path: str, parameters: Mapping[str, Parameter], patience: Patience
) -> Call[Table]:
    """Return the call that reads one table."""
    return Call(_request(path, parameters, CSV), patience, _table)


class ReadingReceipt(Call[bytes]):
    """The receipt of an event, byte for byte; asked for again until it is published."""

    awaited = frozenset({"not-published"})

    def __init__(self, position: int, patience: Patience) -> None:
        path = path_of("events", str(position), "receipt")
        super().__init__(_request(path, {}, TEXT), patience, _bytes)


class Pages:
    """A list, page by page; each says where the next one begins.

    What is asked for is repeated with every page; `names_next` is the parameter by which the
    next one is asked for.
    """

    def __init__(
        self,
        path: str,
        parameters: Mapping[str, Parameter],
        patience: Patience,
        names_next: str = "cursor",
    ) -> None:
        self._ask: Callable[[Mapping[str, Parameter]], Call[Json]] = lambda asked: Call(
            _request(path, asked, JSON), patience, _page
        )
        self._parameters = dict(parameters)
        self._names_next = names_next
        self._ended = False

    def call(self) -> Call[Json] | None:
        """Return the call for the next page; None behind the last one."""
        return None if self._ended else self._ask(self._parameters)

    def items(self, page: Json) -> list[Json]:
        """Return what is on a page, and remember where the next one begins."""
        following = page.get("next")
        self._ended = following is None or following == self._parameters.get(self._names_next)
        self._parameters[self._names_next] = following
        items: list[Json] = page["items"]
        return items


def _request(path: str, parameters: Mapping[str, Parameter], accept: str) -> Request:
    headers = {"Accept": f"{accept}, application/problem+json;q=0.1"}
    return Request(method="GET", path=path_with(path, parameters), headers=headers)


def _page(heard: Heard) -> Json:
    page = json_of(heard)
    if not isinstance(page.get("items"), list):
        raise OtherShape("what is at this address is no list: read it with `get`")
    following = page.get("next")
    if not isinstance(following, str | None):
        raise ValueError("not a page of a list")
    return page


def _bytes(heard: Heard) -> bytes:
    if heard.media_type != TEXT:
        raise ValueError("not a text")
    return heard.body


def _table(heard: Heard) -> Table:
    if heard.media_type != CSV:
        raise ValueError("not a table")
    text = io.StringIO(heard.body.decode("utf-8-sig"), newline="")
    try:
        columns, *rows = csv.reader(text, strict=True)
    except csv.Error as fault:
        raise ValueError("not a table") from fault
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("not a table")
    return Table(tuple(columns), tuple(tuple(row) for row in rows))
