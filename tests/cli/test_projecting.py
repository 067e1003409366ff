"""`projections`: how the views are kept, seen and done from the command line."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from svx_ledger import open_views
from svx_ledger.cli.failing import Exit
from svx_ledger.projections.stored.generation import Fenced, RowTwice
from svx_ledger.projections.stored.keeping import Keeper, Positions
from svx_ledger.projections.stored.sqlite_views import views_path
from tests.attacks.raw import past_guards

from .conftest import Example, Run


@pytest.fixture
def ledger(example: Example, tmp_path: Path) -> Path:
    """A copy of the worked example, without views."""
    copy = tmp_path / "copy.db"
    shutil.copyfile(example.url.removeprefix("sqlite:///"), copy)
    return copy


def test_nothing_is_kept_until_somebody_reads(svx: Run, ledger: Path) -> None:
    url = f"sqlite:///{ledger}"
    before = svx("projections", "status", "--ledger", url)
    assert before.out.startswith("no views are kept yet; the log is at position")
    assert not views_path(ledger).exists()

    first = svx("report", "awards", "--ledger", url)
    again = svx("report", "awards", "--ledger", url)

    assert views_path(ledger).exists()
    assert (first.code, first.err) == (again.code, again.err) == (0, "")
    assert first.out == again.out
    found = svx("projections", "status", "--ledger", url, "--json").json
    assert found["generation"] == 1
    assert found["position"] == found["head"] > 0
    assert (found["lag_events"], found["followed"], found["ours"]) == (0, False, True)
    assert found["rows"]["needs"] > 0
    hidden = {"auction_board", "leverage_facts", "trail", "question_auctions"}
    assert not hidden & found["rows"].keys()  # their counts would tell of bids
    shown = svx("projections", "status", "--ledger", url).out
    assert "generation 1 at position" in shown
    assert "up to date" in shown


def test_views_of_another_ledger_are_not_said_to_be_up_to_date(svx: Run, ledger: Path) -> None:
    url, other = f"sqlite:///{ledger}", ledger.with_name("other.db")
    assert svx("report", "awards", "--ledger", url).code == 0
    opened = svx("init", "--ledger", f"sqlite:///{other}", "--actor", "operator:/person-1")
    assert opened.code == 0, opened.err
    shutil.copyfile(views_path(ledger), views_path(other))

    said = svx("projections", "status", "--ledger", f"sqlite:///{other}")

    assert said.code == 0
    assert "made from another log: it was restored, cut or altered" in said.out
    assert "up to date" not in said.out


def test_a_rebuild_serves_a_new_generation(svx: Run, ledger: Path) -> None:
    url = f"sqlite:///{ledger}"
    before = svx("report", "leverage", "--ledger", url, "--json").out

    built = svx("projections", "rebuild", "--ledger", url, "--json")

    assert (built.code, built.json["generation"]) == (0, 2)
    assert svx("report", "leverage", "--ledger", url, "--json").out == before
    assert "generation 3 is served" in svx("projections", "rebuild", "--ledger", url).out


def test_a_rebuild_whose_place_another_took_shows_what_is_served(
    svx: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{ledger}"
    assert svx("projections", "rebuild", "--ledger", url).code == 0

    def build(self: Keeper, *, processes: int) -> Iterator[int]:
        del self, processes
        yield 0
        raise Fenced("another generation of the views is served now")

    monkeypatch.setattr(Keeper, "build", build)
    built = svx("projections", "rebuild", "--ledger", url)

    assert (built.code, built.err) == (0, "")
    assert "generation 1 is served" in built.out


def test_without_a_ledger_there_is_nothing_to_show(svx: Run) -> None:
    for verb in ("status", "rebuild", "follow"):
        assert svx("projections", verb, "--ledger", "sqlite:///missing.db").code == 4


def test_where_views_cannot_be_kept_a_report_is_the_same_and_says_nothing(
    svx: Run, ledger: Path
) -> None:
    url = f"sqlite:///{ledger}"
    kept = svx("report", "leverage", "--ledger", url, "--json")
    views_path(ledger).unlink()
    views_path(ledger).mkdir()

    without = svx("report", "leverage", "--ledger", url, "--json")

    assert (without.code, without.out, without.err) == (0, kept.out, "")
    said = svx("projections", "rebuild", "--ledger", url)
    assert said.code == 1
    assert "let this user read and write the file and its folder" in said.err


def test_a_rebuild_of_a_log_with_a_gap_ends_as_damage_and_what_was_served_stays(
    svx: Run, ledger: Path
) -> None:
    url = f"sqlite:///{ledger}"
    svx("projections", "rebuild", "--ledger", url)
    with past_guards(url) as run:
        run("DELETE FROM stored_events WHERE rowid = 30")
    said = svx("projections", "rebuild", "--ledger", url)

    assert said.code == Exit.DAMAGED
    why = "the log is damaged, or newer than this program"
    assert said.err == f"position 31 came after 29 (OutOfStep): {why}\n"
    assert svx("projections", "status", "--ledger", url, "--json").json["generation"] == 1


def test_a_rebuild_into_which_somebody_else_wrote_says_so_and_what_to_do(
    svx: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def amiss(_: Keeper, **__: int) -> Positions:
        yield 7
        raise RowTwice("trail has one of its rows twice")

    monkeypatch.setattr(Keeper, "build", amiss)
    said = svx("projections", "rebuild", "--ledger", f"sqlite:///{ledger}")

    assert said.code == Exit.DAMAGED
    assert said.err == (
        "the views that were being built are not what the log says: trail has one of its rows "
        "twice; somebody else wrote there; run it again, it begins anew\n"
    )


def test_follow_keeps_up_until_it_is_interrupted(ledger: Path) -> None:
    url = f"sqlite:///{ledger}"
    environment = {**os.environ, "SVX_LEDGER": url}
    command = [sys.executable, "-m", "svx_ledger", "projections", "follow"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as child:
        try:
            with open_views(url) as views:
                until = time.monotonic() + 30
                while (one := views.keeper.current()) is None or one.heartbeat is None:
                    assert time.monotonic() < until
                    time.sleep(0.02)
            child.send_signal(signal.SIGTERM)
            _, said = child.communicate(timeout=10)
        finally:
            child.kill()

    assert child.returncode == 0
    assert said == "following the log; interrupt to end\n"
