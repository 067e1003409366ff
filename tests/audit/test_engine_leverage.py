"""The leverage report by procurements: the sums are those of the whole report."""

from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.audit import leverage
from svx_ledger.audit.homes import Homes
from svx_ledger.audit.leverage import Report, projected, said_by
from svx_ledger.audit.reading import read
from svx_ledger.audit.workers import falls_to
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store

from .generating import generate


def _homes(store: Store) -> Homes:
    homes = Homes()
    homes.see(store.rows())
    return homes


def _agrees(store: Store) -> None:
    head = store.head().position
    for until in (head, head * 2 // 3):
        homes = Homes()
        homes.see(store.rows(limit=until))
        whole = said_by(projected(store, until), until)

        assert whole
        assert Report(store, until).said(homes, None) == whole


def test_parts_of_the_demo_are_the_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(url, STORY)
    with closing(open_store(url)) as store:
        _agrees(store)
        homes, head = _homes(store), store.head().position
        halves = [
            Report(store, head).said(homes, lambda p, n=n: falls_to(p, process=n, of=2))  # type: ignore[misc]
            for n in (0, 1)
        ]

        assert not halves[0].keys() & halves[1].keys()
        assert halves[0] | halves[1] == Report(store, head).said(homes, None)


def test_parts_of_a_generated_history_are_the_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'generated.db'}"
    generate(url, 20, seed=5)
    with closing(open_store(url)) as store:
        _agrees(store)


@pytest.mark.parametrize("most_open", [1, 500])
def test_rows_that_go_by_are_summed_as_those_that_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_open: int
) -> None:
    """Also where procurements are let go, and more of them comes later."""
    monkeypatch.setattr(leverage, "MOST_OPEN", most_open)
    url = f"sqlite:///{tmp_path / 'generated.db'}"
    generate(url, 20, seed=5)
    with closing(open_store(url)) as store:
        head = store.head().position
        homes, report = Homes(), Report(store, head)
        for row in store.rows():
            homes.see([row])
            report.take(row, read(row), homes.of(row.stream))

        assert report.said(homes, None) == said_by(projected(store, head), head)


@pytest.mark.parametrize("most_open", [1, 500])
def test_without_its_proxies_there_is_no_report_and_the_audit_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_open: int
) -> None:
    """Also where a procurement is let go, and so is summed while others go by."""
    monkeypatch.setattr(leverage, "MOST_OPEN", most_open)
    url = f"sqlite:///{tmp_path / 'generated.db'}"
    generate(url, 20, seed=5)
    with closing(open_store(url)) as store:
        homes, report = Homes(), Report(store, store.head().position)
        for row in store.rows():
            homes.see([row])
            if row.type != "proxy-added.v1":
                report.take(row, read(row), homes.of(row.stream))

        with pytest.raises(LookupError):
            report.said(homes, None)


def test_what_belongs_to_a_procurement_is_at_home_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(url, STORY)
    with closing(open_store(url)) as store:
        homes = _homes(store)
        rows = list(store.rows())

    assert not homes.astray
    for row in rows:
        if row.stream.startswith(("auction-", "award-", "contract-", "pledge-")):
            assert homes.of(row.stream).startswith("procurement-"), row.stream
    assert homes.proxy_sets()


def test_a_stream_without_its_beginning_is_astray(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(url, STORY)
    with closing(open_store(url)) as store:
        begun = next(r for r in store.rows() if r.stream.startswith("auction-"))
        for altered in (begun._replace(version=2), begun._replace(record=b"{}")):
            homes = Homes()
            homes.see([altered])

            assert homes.astray
            assert homes.of(begun.stream) == begun.stream
