"""A ledger to import into, and files to import from. Everybody in them is fictional."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest

from svx_ledger import open_ledger
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import OpenLedger
from svx_ledger.ledger import Ledger, Sequenced

T = TypeVar("T")
Write = Callable[[str, Any], Path]

OPERATOR = Actor(id="person-operator", role="operator")


def watch(items: Iterable[T], total: int | None, doing: str) -> Iterator[T]:
    """Pass items on: nobody is watching."""
    del total, doing
    return iter(items)


@pytest.fixture
def address() -> Iterator[str]:
    """A place for a ledger: in memory where there is some, for no power fails here."""
    memory = Path("/dev/shm")  # noqa: S108 - of Linux; elsewhere the usual folder
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield f"sqlite:///{folder}/ledger.db"


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    """A ledger that has been opened, with real time."""
    with open_ledger(address, create=True) as ledger:
        opening = OpenLedger(ledger_id="ledger-intake", origin="test", clock="real")
        assert isinstance(ledger.execute(opening, OPERATOR), Sequenced)
        yield ledger


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file: bytes and text as they are, a list a line each, else as JSON."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        elif isinstance(content, list):
            path.write_text("".join(json.dumps(item) + "\n" for item in content), "utf-8")
        else:
            path.write_text(json.dumps(content, indent=2), encoding="utf-8")
        return path

    return write


def release(ocid: str = "ocds-demo00-lamps", **other: Any) -> dict[str, Any]:
    """A release in OCDS 1.1 that states one award."""
    return {
        "ocid": ocid,
        "id": f"{ocid}-1",
        "date": "2022-10-20T09:42:13+01:00",
        "tag": ["award"],
        "tender": {
            "title": "Lamps for the quay",
            "status": "complete",
            "value": {"amount": 145017.8, "currency": "GBP"},
            "minValue": {"amount": 0, "currency": "GBP"},
            "tenderPeriod": {"endDate": "2020-10-16"},
            "contractPeriod": {"startDate": "31 March 2014", "endDate": "12 months"},
        },
        "parties": [
            {
                "id": "B1",
                "name": "Fenmarsh Borough Council (fictional)",
                "identifier": {"scheme": "GB-LAE", "id": "FEN"},
            },
            {"id": "S1", "identifier": {"legalName": "Glimmerfold (fictional)"}},
        ],
        "buyer": {"id": "B1", "name": "Fenmarsh Council (fictional)"},
        "awards": [
            {
                "id": f"{ocid}-1-1",
                "status": "active",
                "date": "2020-10-16T00:00:00+01:00",
                "value": {"amount": 72508.8, "currency": "GBP"},
                "suppliers": [{"id": "S1"}],
            }
        ],
    } | other


def package(*releases: Any, **other: Any) -> dict[str, Any]:
    """A release package."""
    return {
        "uri": "https://notices.example/1",
        "publisher": {"name": "Fenmarsh Notices (fictional)"},
        "releases": list(releases),
    } | other
