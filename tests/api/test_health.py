"""Whether a process is alive, whether it can serve, and the numbers that it counts."""

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest

from svx_ledger.api.health import readiness
from svx_ledger.api.health.metrics import Metrics
from svx_ledger.api.health.publisher import Failures
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.domain.rule import NOT_FOUND
from svx_ledger.eventlog.store import NotRead
from svx_ledger.ledger import (
    ClockRefused,
    CommandFailed,
    NotWritten,
    OutcomeUnknown,
    SystemClock,
)
from tests.world import OPERATOR, registration

from .keys import key_for
from .published import published
from .served import Served, served

EXCHANGE = "organisation-exchange"


def fails(*_: object, **__: object) -> NoReturn:
    raise NotRead("svx.db: SQLITE_IOERR")


def asked(here: Served, path: str, key: str | None = None) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        async with here.client(key) as client:
            return await client.get(path)

    return asyncio.run(ask())


def operators_key(here: Served) -> str:
    for command in (
        registration(EXCHANGE, side="operator"),
        VerifyOrganisation(organisation_id=EXCHANGE, basis="known"),
    ):
        here.exchange.execute(command, OPERATOR)
    return key_for(
        here.exchange, Actor(id="person-ops", role="operator", organisation=EXCHANGE)
    )


def test_health_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path, config=Config(requests=1, anonymous_requests=1)) as here:
        serving = here.app.state.serving
        monkeypatch.setattr(serving.principals, "of", fails)
        monkeypatch.setattr(serving.limits, "let_in", fails)
        monkeypatch.setattr(serving, "in_reader", fails)
        monkeypatch.setattr(here.exchange.store, "head", fails)
        for _ in range(3):
            answer = asked(here, "/health", key="svx_none")
            assert (answer.status_code, answer.json()) == (200, {"alive": True})


def test_ready_says_what_was_tried(tmp_path: Path) -> None:
    with served(tmp_path) as here:
        answer = asked(here, "/ready")
        found = answer.json()

        assert answer.status_code == 200
        assert found["ready"]
        assert found["position"] == found["views_position"] == here.head()
        assert (found["lag_events"], found["lag_seconds"]) == (0, 0.0)
        assert {"store", "writer", "views", "clock", "keys"} == found["checks"].keys()
        assert all(check["ok"] for check in found["checks"].values())


def _store_fails(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.exchange.store, "head", fails)


def _store_is_silent(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(here.exchange.store, "head", lambda: time.sleep(0.2))


def _writer_stopped(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.exchange._sequencer, "_stopped", "the disk is gone")


def _views_fail(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(here.exchange), "views", property(fails))


def _views_lag(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.app.state.serving.prober, "_lag", lambda _: 5.1)


def _clock_stepped(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.exchange, "clock", SystemClock())

    def refuses(*_: object) -> NoReturn:
        raise ClockRefused("it jumped by an hour")

    monkeypatch.setattr(here.app.state.serving.prober._clock, "check", refuses)


def _writing_fails(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.exchange, "clock", SystemClock())
    monkeypatch.setattr(here.exchange.store, "check_writing", fails)


def _keys_fail(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.app.state.serving.principals, "of", fails)


@pytest.mark.parametrize(
    ("breaks", "part"),
    [
        (_store_fails, "keys store writer"),  # without the store no key can be looked up
        (_store_is_silent, "keys store writer"),
        (_writer_stopped, "writer"),
        (_writing_fails, "writer"),
        (_views_fail, "views"),
        (_views_lag, "views"),
        (_clock_stepped, "clock"),
        (_keys_fail, "keys"),
    ],
)
def test_whatever_does_not_work_makes_it_unready(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[Served, pytest.MonkeyPatch], None],
    part: str,
) -> None:
    with served(tmp_path) as here:
        with monkeypatch.context() as patch:
            breaks(here, patch)
            answer = asked(here, "/ready")
            checks = answer.json()["checks"]
            assert answer.status_code == 503
            amiss = sorted(name for name, check in checks.items() if not check["ok"])
            assert amiss == part.split()
            assert str(tmp_path) not in answer.text
            assert "disk" not in answer.text
        assert asked(here, "/ready").status_code == 503  # for a second it is not tried again
        here.app.state.serving.prober._found = None
        assert asked(here, "/ready").status_code == 200


NUMBERS = {"position", "views_position", "lag_events", "lag_seconds"}


@pytest.mark.parametrize(
    ("breaks", "unknown"),
    [
        (_store_fails, NUMBERS),
        (_store_is_silent, NUMBERS),
        (_views_fail, NUMBERS - {"position"}),
    ],
)
def test_a_number_that_is_not_known_is_not_told_as_zero(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[Served, pytest.MonkeyPatch], None],
    unknown: set[str],
) -> None:
    with served(tmp_path) as here:
        whole = asked(here, "/ready").json()
        here.app.state.serving.prober._found = None
        key = operators_key(here)
        with monkeypatch.context() as patch:
            breaks(here, patch)
            found = asked(here, "/ready").json()
        metrics = asked(here, "/metrics", key).text

    assert whole.keys() - found.keys() == unknown
    assert ("svx_log_position" in metrics) == ("position" not in unknown)
    for name in ("position", "lag_events", "lag_seconds"):
        assert f"svx_views_{name}" not in metrics


def test_a_real_clock_that_was_stepped_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svx_ledger.ledger import clock

    with served(tmp_path) as here:
        monkeypatch.setattr(here.exchange, "clock", SystemClock())
        wall = clock.wall_clock
        assert asked(here, "/ready").json()["checks"]["clock"]["ok"]
        monkeypatch.setattr(clock, "wall_clock", lambda: wall() + timedelta(seconds=3))
        here.app.state.serving.prober._found = None
        assert not asked(here, "/ready").json()["checks"]["clock"]["ok"]


def _refusing(here: Served, said: str) -> Callable[..., NoReturn]:
    """Return an `append` that fails as the store's own does."""

    def append(*_: object, **__: object) -> NoReturn:
        here.exchange._sequencer._writer.abandon()
        raise NotWritten(f"before the commit: {said}")

    return append


def _writer_of(here: Served, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Look anew, as where time is real; return the status, and what is said of the writer."""
    here.app.state.serving.prober._found = None
    with monkeypatch.context() as patch:
        patch.setattr(here.exchange, "clock", SystemClock())
        answer = asked(here, "/ready")
    return answer.status_code, answer.json()["checks"]["writer"]["detail"]


def test_what_the_store_refused_makes_it_unready_until_it_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = registration(EXCHANGE, side="operator")
    tried: list[object] = []

    def refuses() -> NoReturn:
        tried.append(1)
        raise NotWritten(f"{tmp_path}/served.db: SQLITE_FULL")

    with served(tmp_path) as here:
        store, writer = here.exchange.store, here.exchange._sequencer._writer
        with monkeypatch.context() as full:
            full.setattr(writer, "append", _refusing(here, "SQLITE_FULL"))
            full.setattr(store, "try_writing", refuses)
            assert _writer_of(here, monkeypatch) == (200, "writes")
            assert not tried  # nothing is tried before a command was refused
            with pytest.raises(NotWritten):
                here.exchange.execute(command, OPERATOR)
            assert _writer_of(here, monkeypatch) == (503, "cannot write: SQLITE_FULL")
            assert tried == [1]
        assert _writer_of(here, monkeypatch) == (200, "writes")  # and nobody gave a command
        here.exchange.execute(command, OPERATOR)
        monkeypatch.setattr(store, "try_writing", refuses)
        assert _writer_of(here, monkeypatch) == (200, "writes")
        assert tried == [1]  # no more, since something was written


def test_damage_is_not_tried_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = registration(EXCHANGE, side="operator")
    with served(tmp_path) as here:
        writer = here.exchange._sequencer._writer
        with monkeypatch.context() as damaged:
            damaged.setattr(writer, "append", _refusing(here, "SQLITE_CORRUPT"))
            with pytest.raises(NotWritten):
                here.exchange.execute(command, OPERATOR)
        assert _writer_of(here, monkeypatch) == (503, "cannot write: SQLITE_CORRUPT")
        here.exchange.execute(command, OPERATOR)
        assert _writer_of(here, monkeypatch) == (200, "writes")


def test_a_command_that_met_nothing_lasting_leaves_it_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path) as here:
        writer = here.exchange._sequencer._writer
        with monkeypatch.context() as busy:
            busy.setattr(writer, "append", _refusing(here, "SQLITE_BUSY"))
            with pytest.raises(NotWritten):
                here.exchange.execute(registration(EXCHANGE, side="operator"), OPERATOR)
        assert _writer_of(here, monkeypatch) == (200, "writes")


def test_many_who_ask_share_one_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    async def run(here: Served) -> None:
        prober = here.app.state.serving.prober
        look = prober._look_at_the_store

        def counted() -> object:
            looked.append(1)
            return look()

        monkeypatch.setattr(prober, "_look_at_the_store", counted)
        async with here.client() as client:
            await asyncio.gather(*(client.get("/ready") for _ in range(20)))

    with served(tmp_path) as here:
        asyncio.run(run(here))
    assert len(looked) == 1


def test_metrics_are_the_operators(tmp_path: Path) -> None:
    with served(tmp_path) as here:
        assert asked(here, "/metrics").status_code == 401
        assert asked(here, "/metrics", here.key(here.auction.buyer)).status_code == 403

        text = asked(here, "/metrics", operators_key(here)).text

        assert f"svx_log_position {here.head()}.0" in text
        assert f"svx_views_position {here.head()}.0" in text
        assert "svx_ready 1.0" in text
        assert 'svx_requests_total{method="GET",route="/metrics",status="401"} 1.0' in text
        assert 'svx_request_seconds_count{method="GET",route="/metrics"} 2.0' in text
        assert "svx_commands_waiting 0.0" in text
        assert "svx_requests_working 1.0" in text
        assert 'svx_build{version="' in text
        assert "_created" not in text


def test_who_asks_hides_no_follower_that_is_gone(tmp_path: Path) -> None:
    with served(tmp_path, config=Config(follow=False)) as here:
        key = operators_key(here)
        alone = asked(here, "/metrics", key).text
        keeper = here.exchange.views.keeper
        current = keeper.current()
        assert current is not None
        keeper.place.beat(current.number)
        here.app.state.serving.prober._found = None
        followed = asked(here, "/metrics", key).text

    assert "svx_views_lag_seconds 0.0" in alone  # asking has brought them up
    assert "svx_views_followed 0.0" in alone
    assert "svx_views_followed 1.0" in followed


def test_every_metric_is_documented(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(svx_\w+)` \|", page, re.MULTILINE))
    with published(tmp_path) as one:
        one.publish()
        told = Failures({"sign": 0, "release": 2}, {"witness.example/w1": 1})
        one.served.app.state.serving.metrics.publisher_failed(told)
        text = asked(one.served, "/metrics", operators_key(one.served)).text

    named = set(re.findall(r"^# TYPE (svx_\w+) ", text, re.MULTILINE))
    assert documented == named
    assert 'svx_publish_failures_total{stage="release"} 2.0' in text
    assert 'svx_witness_failures_total{witness="witness.example/w1"} 1.0' in text


def test_commands_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()

    async def becomes(what: Any) -> Any:
        if isinstance(what, BaseException):
            raise what
        return what

    async def run() -> None:
        for what in (
            NOT_FOUND.refuse(),
            ClockRefused("x"),
            NotWritten("x"),
            OutcomeUnknown("x"),
            CommandFailed("x"),
            asyncio.CancelledError(),
        ):
            with suppress(Exception, asyncio.CancelledError):
                await metrics.counted(becomes(what))

    asyncio.run(run())
    text = metrics.exposition([]).decode()
    counted = dict(re.findall(r'svx_commands_total\{outcome="([a-z-]+)"\} (\d)', text))
    assert counted == {
        "refused-not-found": "1",
        "clock-refused": "1",
        "not-written": "1",
        "unknown": "2",
        "failed": "1",
    }
