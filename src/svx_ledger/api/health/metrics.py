"""Numbers of a process for Prometheus: how often, how long, with which outcome.

Labels are the templates of routes and words of ours: no name of a thing, no amount, nothing
that somebody sent. Where several processes serve together, each writes its numbers into the
folder that PROMETHEUS_MULTIPROC_DIR names, and whichever is asked adds them up.
"""

import os
from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics import disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from svx_ledger import __version__
from svx_ledger.api.edge import Noted
from svx_ledger.domain.auction.events import BidRejected
from svx_ledger.domain.rule import Refusal
from svx_ledger.ledger import Answer, ClockRefused, CommandFailed, NotWritten, OutcomeUnknown

from .publisher import NUMBERS_FOLDER, Failures, left_for_workers

FOLDER: Final = NUMBERS_FOLDER
SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PER_PROCESS: Final = "livesum"
Outcome = Literal[
    "done",
    "rejected-on-record",
    "refused-malformed",
    "refused-forbidden",
    "refused-not-found",
    "refused-conflict",
    "refused-rule",
    "clock-refused",
    "not-written",
    "unknown",
    "failed",
]

disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What one process counts."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "svx_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "svx_request_seconds",
            "Seconds from a request to the end of its answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=registry,
        )
        self._commands = Counter(
            "svx_commands",
            "Commands by what became of them.",
            ["outcome"],
            registry=registry,
        )
        self._working = self._gauge("svx_requests_working", "Requests being worked on.")
        self._waiting = self._gauge("svx_commands_waiting", "Commands that wait for a batch.")
        self._watching = self._gauge("svx_watchers", "Streams that are open.")
        self._failures: Failures | None = None

    def note(self, noted: Noted) -> None:
        """Count a request that was answered. Streams count, and have no duration."""
        self._requests.labels(noted.method, noted.route, str(noted.status)).inc()
        if not noted.stream:
            self._seconds.labels(noted.method, noted.route).observe(noted.seconds)

    async def counted(self, submitted: Awaitable[Answer]) -> Answer:
        """Wait for what becomes of a command, and count it."""
        outcome: Outcome = "failed"
        try:
            answer = await submitted
            outcome = _outcome_of(answer)
        except ClockRefused:
            outcome = "clock-refused"
            raise
        except NotWritten:
            outcome = "not-written"
            raise
        except OutcomeUnknown:
            outcome = "unknown"
            raise
        except CommandFailed:
            raise
        except BaseException:  # whoever asked has gone
            outcome = "unknown"
            raise
        finally:
            self._commands.labels(outcome).inc()
        return answer

    def now(self, *, working: int, waiting: int) -> None:
        """Say how much there is to do just now."""
        self._working.set(working)
        self._waiting.set(waiting)

    def watched(self, change: int) -> None:
        """Say that a stream has begun (1) or ended (-1)."""
        self._watching.inc(change)

    def publisher_failed(self, failures: Failures) -> None:
        """Say how often the publisher of this process failed so far."""
        self._failures = failures

    @property
    def failures(self) -> Failures | None:
        """What the publisher of this service said last; None where it has none."""
        folder = os.environ.get(FOLDER)
        return self._failures if folder is None else left_for_workers(Path(folder))

    def exposition(self, more: Iterable[Metric]) -> bytes:
        """Return all numbers as Prometheus reads them, with those worked out just now."""
        registry = self._registry
        folder = os.environ.get(FOLDER)
        if folder is not None:
            _forget_the_dead(Path(folder))
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry) + generate_latest(_once(more))
        return generate_latest(registry) + generate_latest(_once(more, process=True))

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self._registry, multiprocess_mode=PER_PROCESS)


def gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    """Return one number that is worked out when it is asked for."""
    return GaugeMetricFamily(name, meaning, value=value)


class _Given(Collector):
    def __init__(self, given: Iterable[Metric]) -> None:
        self._given = given

    def collect(self) -> Iterable[Metric]:
        yield from self._given


def _once(given: Iterable[Metric], *, process: bool = False) -> CollectorRegistry:
    registry = CollectorRegistry()
    built = GaugeMetricFamily("svx_build", "The program that answers.", labels=["version"])
    built.add_metric([__version__], 1)
    registry.register(_Given([built, *given]))
    if process:
        ProcessCollector(registry=registry)
    return registry


def _outcome_of(answer: Answer) -> Outcome:
    if not isinstance(answer, Refusal):
        rejected = any(isinstance(event, BidRejected) for _, event in answer.events)
        return "rejected-on-record" if rejected else "done"
    kinds: dict[str, Outcome] = {
        "malformed": "refused-malformed",
        "forbidden": "refused-forbidden",
        "not-found": "refused-not-found",
        "conflict": "refused-conflict",
        "rule": "refused-rule",
    }
    return kinds[answer.rule.kind]


def _forget_the_dead(folder: Path) -> None:
    """Drop what processes that ended said of how much they had to do."""
    pids = {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*_*.db")}
    for pid in pids:
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
