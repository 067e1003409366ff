"""Reading an application in process, as anybody; and the same asked of the program."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI

from svx_ledger.api.admission.principals import PUBLIC, Principal
from svx_ledger.cli.session import read_actor

MANY = 10**6
"""Requests in a minute: more than tests send."""


class AsNamed:
    """In place of keys: whoever a header names, as the program is told who acts."""

    async def of(self, authorization: str | None) -> Principal:
        """Return who a header names; nobody is the public."""
        if authorization is None:
            return PUBLIC
        return Principal(actor=read_actor(authorization), api_key_id="api-key-test0001")

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads an application; None is the public."""

    app: FastAPI
    who: str | None = None

    def as_(self, who: str | None) -> "Reader":
        """Return somebody else at the same application."""
        return Reader(self.app, who)

    def get(
        self, path: str, headers: Mapping[str, str] | None = None, **given: Any
    ) -> httpx2.Response:
        """Ask for something."""
        return asyncio.run(self._get(path, dict(headers or {}), given))

    def ok(self, path: str, **given: Any) -> Any:
        """Return the JSON of what can be had."""
        answer = self.get(path, **given)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def items(self, path: str, limit: int = 1000, **given: Any) -> list[Any]:
        """Return all items of a list, page by page."""
        found: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.ok(path, limit=limit, **cursor, **given)
            assert len(page["items"]) <= limit
            found += page["items"]
            if "next" not in page:
                return found
            cursor = {"cursor": page["next"]}

    async def _get(
        self, path: str, headers: dict[str, str], given: dict[str, Any]
    ) -> httpx2.Response:
        if self.who is not None:
            headers["Authorization"] = self.who
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.get(path, params=_texts(given) or None, headers=headers)


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    """Write parameters as they stand in an address."""
    return {
        name: json.dumps(value) if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }
