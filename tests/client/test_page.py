"""docs/client.md shows what its code prints, on a ledger with an open auction."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.client import AsyncClient, Client
from tests.api.published import published, publishing

from .conftest import LEAD
from .running import running

PAGE = Path(__file__).parents[2] / "docs" / "client.md"
BLOCK = re.compile(r"(?ms)^```(python)?\n(.*?)^```$")


def shown() -> list[tuple[str, str]]:
    """Each block of code, with what the page says that it prints."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    found = []
    for n, (kind, code) in enumerate(blocks):
        if kind == "python":
            after = blocks[n + 1 : n + 2]
            found.append((code, after[0][1] if after and not after[0][0] else ""))
    return found


def test_the_page_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    blocks = shown()

    assert len(blocks) == 7
    with published(tmp_path) as there, running(there.served.app) as url, publishing(there):
        one = there.served
        monkeypatch.setenv("SVX_URL", url)
        monkeypatch.setenv("SVX_KEY", one.key(one.auction.bidders[0]))
        monkeypatch.setenv("SVX_COMMUNITY_KEY", one.key(LEAD))
        for code, expected in blocks:
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102  # our own page
            assert printed.getvalue() == expected


def test_both_clients_have_the_same_methods_and_the_page_names_them() -> None:
    methods = {
        cls: {name for name in vars(cls) if not name.startswith("_")}
        for cls in (Client, AsyncClient)
    }
    page = PAGE.read_text(encoding="utf-8")

    assert methods[AsyncClient] - {"aclose"} == methods[Client] - {"close"}
    assert [m for m in methods[Client] if f"{m}(" not in page] == []
