"""The audit's engine: one process as several, what it says and to whom, and when it is cut off.

That breaches are found is `test_breaches`; that honest histories are clean is `test_clean`.
"""

import multiprocessing
import pickle
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from svx_ledger import open_ledger
from svx_ledger.audit import Audit, audit, audited
from svx_ledger.audit.finding import Finding
from svx_ledger.audit.kept import Kept
from svx_ledger.audit.rules import AUDIT_RULES
from svx_ledger.audit.scope import ELSEWHERE
from svx_ledger.audit.shown import MAY_BE_HIDDEN, shown_to
from svx_ledger.audit.sums import STAGES, Sums
from svx_ledger.audit.workers import Task
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import SimulatedClock
from svx_ledger.projections.leverage.facts import FINAL_BID
from svx_ledger.projections.memory import Views

from .breach import BREACHES, position
from .forging import Draft
from .generating import generate
from .playing import folder, honest
from .tables import write_tables

LATER = datetime(2026, 12, 1, tzinfo=UTC)
ESTATES, RECOVERY = "auction-estates", "auction-recovery"
SOME = [name for name in sorted(BREACHES)[::9] if BREACHES[name].story == "demo"]
"""One kind of breach in nine: each is audited several times here."""


@contextmanager
def ledger(name: str | None = None) -> Iterator[tuple[Store, str, int]]:
    """The demo's ledger, as it is or with a breach: its store, its address, and the place."""
    with folder() as place:
        url = f"sqlite:///{place / 'audited.db'}"
        draft = Draft(honest("demo"))
        planted = BREACHES[name].plant(draft) if name else None
        write_tables(url, draft.press())
        with closing(open_store(url)) as store:
            yield store, url, 0 if planted is None else position(planted)


def in_processes(store: Store, url: str, processes: int, **how: object) -> Audit:
    return audit(store, processes=processes, again=partial(open_store, url), **how)  # type: ignore[arg-type]


class Here:
    """The shares of other processes, done here: starting a process is most of their time."""

    def __init__(self, task: Task) -> None:
        self._task: Task = pickle.loads(pickle.dumps(task))  # noqa: S301 - our own

    def kept(self) -> Iterator[Kept]:
        for process in range(1, self._task.processes):
            assert self._task.again is not None
            with closing(self._task.again()) as store:
                share = self._task.share(store, process)
                done = self._task.done(share, store.rows(limit=self._task.until))
                yield pickle.loads(pickle.dumps(done))  # noqa: S301 - our own

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("name", SOME)
def test_several_shares_find_what_one_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audited, "Others", Here)
    with ledger(name) as (store, url, _):
        assert in_processes(store, url, 3) == audit(store)


@pytest.mark.parametrize("name", SOME[::9])
def test_several_processes_find_what_one_finds(name: str) -> None:
    with ledger(name) as (store, url, _):
        assert in_processes(store, url, 3) == audit(store)


def test_several_processes_audit_a_generated_history_as_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'generated.db'}"
    generate(url, 20, seed=11)
    with closing(open_store(url)) as store:
        alone = audit(store)

        assert in_processes(store, url, 2) == alone
        assert alone.clean, alone.first
        assert alone.derived == sum(alone.commands.values())


def test_several_processes_need_a_way_to_open_the_store() -> None:
    with ledger() as (store, _, _), pytest.raises(ValueError, match="open the store"):
        audit(store, processes=2)


def test_one_that_is_interrupted_leaves_no_process_and_can_be_begun_again() -> None:
    def stop(*_: int) -> NoReturn:
        raise KeyboardInterrupt

    with ledger() as (store, url, _):
        with pytest.raises(KeyboardInterrupt):
            in_processes(store, url, 2, progress=stop)

        assert not multiprocessing.active_children()
        assert in_processes(store, url, 2).clean


def test_what_goes_wrong_in_another_process_is_raised_here(tmp_path: Path) -> None:
    nowhere = partial(open_store, f"sqlite:///{tmp_path / 'nothing.db'}")
    with ledger() as (store, _, _), pytest.raises(Exception, match="no ledger"):
        audit(store, processes=2, again=nowhere)


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    with ledger() as (store, _, _):
        audit(store, progress=lambda done, total: told.append((done, total)))
        last = store.head().position

    assert told[0] == (0, last)
    assert told[-1] == (last, last)


def test_no_more_findings_are_shown_than_asked_for_and_the_rest_is_counted() -> None:
    with ledger("late_bid_accepted") as (store, *_):
        everything = audit(store)
        first = audit(store, most=1)

    assert first.first == everything.first
    assert len(first.findings) + first.more == len(everything.findings)


def test_each_stream_of_an_honest_ledger_is_clean() -> None:
    with ledger() as (store, _, _):
        for stream in sorted({row.stream for row in store.rows()})[::4]:
            result = audit(store, of=stream)

            assert result.clean, (stream, result.first)
            assert ELSEWHERE in result.unchecked


def test_a_stream_that_is_not_there_is_not_audited() -> None:
    with ledger() as (store, _, _), pytest.raises(LookupError):
        audit(store, of="auction-nowhere")


def test_a_breach_is_found_from_the_stream_that_it_is_on() -> None:
    with ledger("late_bid_accepted") as (store, _, at):
        stream = next(store.rows(after=at - 1, limit=1)).stream
        first = audit(store, of=stream).first

    assert first is not None
    assert (first.position, first.rule) == (at, BREACHES["late_bid_accepted"].rule)
    assert not first.rests_on


def test_a_breach_on_what_a_stream_rests_on_is_told_as_such() -> None:
    with ledger("late_bid_accepted") as (store, _, at):
        whole = audit(store)
        award = next(
            row.stream
            for row in store.rows(after=at)
            if row.type == "assessment-ranked.v1" and ESTATES in row.record.decode()
        )
        first = audit(store, of=award).first

    assert whole.first is not None
    assert first == replace(whole.first, rests_on=True)


def test_the_leverage_report_is_held_to_the_states() -> None:
    with ledger() as (store, _, _):
        views = Views(store)
        views.refresh()
        assert audit(store, views=views.tables).clean
        line = next(x for x in views.tables.all(FINAL_BID) if x.auction_id == ESTATES)
        views.tables.apply([FINAL_BID.remove(line.auction_id, line.position, line.supplier_id)])

        found = audit(store, views=views.tables).findings

    assert [finding.rule for finding in found] == ["leverage-differs"]
    assert found[0].stream == line.auction_id
    assert (
        found[0].derived["gross_pence"] - found[0].recorded["gross_pence"] == line.value_pence
    )


def test_every_stage_is_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums are compared where there is something at each stage."""
    from svx_ledger.audit import audited

    seen: list[set[str]] = []

    def look(_: object, sums: Sums, __: int) -> Iterator[NoReturn]:
        seen.append({stage for _, stage in sums.totals()})
        return iter(())

    monkeypatch.setattr(audited, "leverage_faults", look)
    with ledger() as (store, _, _):
        audit(store)

    assert seen == [set(STAGES)]


def test_what_is_written_while_an_audit_goes_on_is_none_of_its_findings(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'growing.db'}"
    fill(url, STORY)

    def write(done: int, total: int) -> None:
        if done == total:  # all was read, and the tables are still to be
            with open_ledger(url, clock=SimulatedClock(LATER)) as ledger:
                ledger.ticker.look()
                assert ledger.ticker.tick() == 1

    with closing(open_store(url)) as store:
        before = store.head().position
        result = audit(store, progress=write)

        assert store.head().position > before
        assert result.clean, result.first
        assert result.events == before
        assert audit(store).clean


def test_a_hidden_bid_stays_hidden_in_what_is_found_about_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(url, STORY)
    with closing(open_store(url)) as store:
        bid = next(row for row in store.stream(RECOVERY) if row.type == "bid-accepted.v1")
        rule = "bid-accepted.value_pence"
        about = Finding(
            position=bid.position,
            stream=RECOVERY,
            rule=rule,
            recorded=111_222_333,
            derived=444_555_666,
        )
        nameless = replace(about, position=0, stream="", rule="outcomes-differ")
        result = replace(audit(store), findings=(nameless, about))

        for viewer in (None, Actor(id="person-op", role="operator")):
            shown = shown_to(result, store, viewer)
            said = str(shown.findings)
            assert "111222333" not in said
            assert "444555666" not in said
            assert rule not in said
            assert [finding.position for finding in shown.findings] == [0, bid.position]
            assert MAY_BE_HIDDEN in shown.commands
            assert "SubmitBid" not in shown.commands
            assert sum(shown.commands.values()) == sum(result.commands.values())


def test_a_public_finding_is_shown_to_everybody() -> None:
    with ledger("late_bid_accepted") as (store, _, _):
        result = audit(store)

        assert shown_to(result, store, None).first == result.first


def test_of_what_a_stream_rests_on_only_the_position_is_shown() -> None:
    with ledger("late_bid_accepted") as (store, _, _):
        first = audit(store).first
        assert first is not None
        resting = replace(audit(store), findings=(replace(first, rests_on=True),))
        (shown,) = shown_to(resting, store, None).findings

        assert shown.position == first.position
        assert {shown.stream, shown.rule, shown.recorded, shown.derived} == {"hidden"}


def test_every_rule_of_the_audit_is_explained() -> None:
    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    for rule in AUDIT_RULES.values():
        assert f"| `{rule.name}` | {rule.demands} | {rule.remedy} |" in text, rule.name
