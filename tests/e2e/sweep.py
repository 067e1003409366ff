"""Every read of the application, by everybody, searched for what they may not know.

The addresses are made from the application's own list of operations: an operation that is new
is swept as soon as it is there.
"""

import asyncio
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx2

from svx_ledger.api.routing import Operation
from svx_ledger.domain.actor import Actor

AT_ONCE: Final = 8
STREAM: Final = "text/event-stream"
_PART: Final = re.compile(r"\{(\w+)\}")
_MASKED: Final = re.compile(r"(?<=api-key-)[0-9a-z]+|[0-9a-f]{12,}|\d+")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: with a key, or without one as the public does."""

    name: str
    actor: Actor | None = None
    key: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What is sent with each request."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


@dataclass(frozen=True, slots=True)
class Token:
    """Something that only some may know: how it would read, and who they are."""

    what: str
    spelt: tuple[str, ...]
    knows: Callable[[Actor | None], bool]

    def is_in(self, text: str) -> bool:
        """Whether it stands in a text: by itself, and not within a digest."""
        return any(
            re.search(rf"(?<![0-9a-z]){re.escape(one)}(?![0-9a-z])", text) is not None
            for one in self.spelt
            if one in text  # much faster
        )


@dataclass(slots=True)
class Found:
    """What came of a sweep: leaks, and who was shown what with good right."""

    asked: int = 0
    leaks: list[str] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)
    """(viewer, token)."""
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    """Of the public and others, what each address answered: (viewer, address)."""

    def look(self, viewer: Viewer, where: str, text: str, tokens: Iterable[Token]) -> None:
        """Search one answer."""
        for token in tokens:
            if not token.is_in(text):
                continue
            if token.knows(viewer.actor):
                self.known.add((viewer.name, token.what))
            else:
                self.leaks.append(f"{viewer.name} was told {token.what} by {where}")


def amount(pence: int) -> tuple[str, ...]:
    """Return how an amount reads, in pence and in pounds."""
    pounds, rest = divmod(pence, 100)
    in_pence = (f"{pence}", f"{pence:,}", f"{pence:_}", f"{pence:,}".replace(",", " "))
    return (*in_pence, f"{pounds}.{rest:02}", f"{pounds:,}.{rest:02}")


def addresses(
    operations: Iterable[Operation],
    values: Mapping[str, Sequence[str]],
    required: Mapping[str, Mapping[str, str]] = {},
    filters: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[tuple[str, str]]:
    """Give every address to ask, with the form that is asked for: each value in each path.

    `values` are for the parts of paths, and `required` what an operation is not asked without;
    with `filters` also every form of an answer, and each optional parameter alone. Raises
    KeyError for a part without a value.
    """
    for operation in operations:
        if operation.method != "GET":
            continue
        always = required.get(operation.name, {})
        parts = _PART.findall(operation.path)
        for given in itertools.product(*(values[part] for part in parts)):
            named = dict(zip(parts, (quote(one, safe="") for one in given), strict=True))
            path = operation.path.format_map(named)
            yield _with(path, always), operation.media[0]
            if filters is None:
                continue
            for media in operation.media[1:]:
                if media != STREAM:
                    yield _with(path, always), media
            known = {p["name"] for p in operation.parameters if p["in"] == "query"}
            for name in sorted(known & filters.keys()):
                for value in filters[name]:
                    yield _with(path, {**always, name: value}), operation.media[0]


async def _patiently(
    client: httpx2.AsyncClient, url: str, headers: dict[str, str]
) -> httpx2.Response:
    """Ask again while the readers are busy: one address, and one key, has its share of them."""
    for _ in range(600):
        response = await client.get(url, headers=headers)
        if response.status_code != 503 or "/problems/busy" not in response.text:
            break
        await asyncio.sleep(0.1)
    return response


async def sweep(
    client: httpx2.AsyncClient,
    asked: Iterable[tuple[Viewer, str, str]],
    tokens: Sequence[Token],
) -> Found:
    """Ask all of it, every page: who asks, for what, in which form."""
    found, places = Found(), asyncio.Semaphore(AT_ONCE)

    async def one(viewer: Viewer, address: str, media: str) -> None:
        async with places:
            url: str | None = address
            while url is not None:
                headers = {**viewer.headers, "Accept": f"{media}, */*;q=0.1"}
                response = await _patiently(client, url, headers)
                assert response.status_code < 500, (viewer.name, url, response.text)
                found.asked += 1
                said = f"{response.headers!r}\n{response.text}"
                found.look(viewer, f"{url} as {media}", said, tokens)
                before = found.answers.get((viewer.name, address), "")
                found.answers[viewer.name, address] = before + response.text
                url = _next(response)

    await asyncio.gather(*(one(*asking) for asking in asked))
    return found


@dataclass(slots=True)
class Listener:
    """One live stream that somebody listens to, and what it has said since its first event."""

    viewer: Viewer
    path: str
    status: int = 0
    heard: str = ""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """That it has said something, or will not."""

    async def listen(self, client: httpx2.AsyncClient) -> None:
        """Listen until cancelled. Who comes when too many others do comes again."""
        headers = {**self.viewer.headers, "Accept": STREAM, "Last-Event-ID": "0"}
        while self.status in (0, 503):
            async with client.stream("GET", self.path, headers=headers) as response:
                self.status = response.status_code
                self.heard = f"{response.headers!r}\n"
                async for part in response.aiter_text():
                    self.heard += part
                    if "\nevent: " in self.heard:
                        self.begun.set()
        self.begun.set()


def masked(text: str, *names: str) -> str:
    """Return a text without its numbers, digests and these names: what is left is its shape."""
    for name in names:
        text = re.sub(rf"(?i){re.escape(name)}", "NAME", text)
    return _MASKED.sub("#", text)


def _with(path: str, parameters: Mapping[str, str]) -> str:
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{path}?{asked}" if asked else path


def _next(response: httpx2.Response) -> str | None:
    link: Any = response.headers.get("link")
    return None if link is None else link.partition(">")[0].removeprefix("<")
