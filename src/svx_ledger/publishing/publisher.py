"""The publisher of one ledger: its steps in turn, or on and on in threads.

It signs at most every tenth of a second and looks for news at least four times a second; an own
commit tells it sooner (`hint`). Signing does not wait for witnesses, so each has its thread.
After any fault it begins again, soon at first and once a second at the latest. A log that is
not the one it published ends it: nothing is signed then until somebody has looked.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import Forked, StoreError
from svx_ledger.publishing.state.database import NotPublished

from .releasing import Released, Releaser
from .signer import NoKeySigns, Signer

POLL_SECONDS: Final = 0.25
LEAST_SECONDS: Final = 0.1
MOST_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class PublisherReport(NamedTuple):
    """How a publisher is: what it published last, what keeps it, whether it ended for good.

    `missing` are keys in force that are not in the key file: it signs without them. `failures`
    counts since it was started how often the stages `sign` and `release` failed,
    `witness_failures` how often a witness did not cosign, by the name of its key.
    """

    released: Released | None
    signed: int
    fault: str | None
    forked: bool
    missing: tuple[str, ...]
    failures: Mapping[str, int]
    witness_failures: Mapping[str, int]


class Publisher:
    """Publishes the log of one ledger, until it is stopped."""

    def __init__(
        self,
        signer: Signer,
        releaser: Releaser,
        *,
        published: Callable[[Released], None] = lambda _: None,
        give_up: Callable[[], None] | None = None,
    ) -> None:
        """`give_up` lets witnesses not be waited for any more, when this is to stop."""
        self._signer = signer
        self._releaser = releaser
        self._published = published
        self._give_up = give_up
        self._stopping = threading.Event()
        self._forked = threading.Event()
        self._news = {"sign": threading.Event(), "release": threading.Event()}
        self._faults: dict[str, str] = {}
        self._failures = dict.fromkeys(self._news, 0)
        self._released: Released | None = None
        self._signed = 0
        self._has_looked = self._is_keyless = False
        """What signing last came to; before its first step nobody knows what is newest."""
        self._missing: tuple[str, ...] = ()
        self._threads = [
            threading.Thread(target=self._run, args=each, name=f"svx-{each[0]}", daemon=True)
            for each in (("sign", self._sign), ("release", self._release))
        ]

    @property
    def report(self) -> PublisherReport:
        """How it is just now."""
        fault = "; ".join(self._faults.values()) or None
        forked, missing = self._forked.is_set(), self._signer.missing
        return PublisherReport(
            self._released,
            self._signed,
            fault,
            forked,
            missing,
            dict(self._failures),
            dict(self._releaser.witness_failures),
        )

    def once(self) -> Iterator[int]:
        """Publish all there is, in this thread; yield each size that is integrated on the way.

        Raises Forked, NotPublished, NotRead. What is published then, `report` tells.
        """
        fault = None
        try:
            yield from self._signer.step()
        except NotPublished as failure:  # what is signed already can be published all the same
            fault = failure
        self._tell_missing()
        if self._signer.state is not None:
            try:
                self._released = self._releaser.step(
                    self._signer.state, keyless=isinstance(fault, NoKeySigns)
                )
            except NotPublished as failure:
                fault = fault or failure  # the first is often why there is a second
        if fault is not None:
            raise fault

    def start(self) -> None:
        """Begin to publish."""
        for thread in self._threads:
            thread.start()

    def hint(self) -> None:
        """Say that there may be news; from any thread, at no cost."""
        self._news["sign"].set()

    def stop(self) -> None:
        """End what it is at, without waiting for witnesses, and wait until it has."""
        self._stopping.set()
        if self._give_up is not None:
            self._give_up()
        for news in self._news.values():
            news.set()
        for thread in self._threads:
            if thread.ident is not None:  # else it was never started
                thread.join()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it ended by itself; return whether it did."""
        return self._forked.wait(seconds)

    def _sign(self) -> None:
        keyless = False
        try:
            for size in self._signer.step():
                self._signed = size
                if self._stopping.is_set():
                    return
        except NoKeySigns:
            keyless = True
            raise
        finally:
            self._is_keyless, self._has_looked = keyless, True
        self._tell_missing()
        self._news["release"].set()

    def _release(self) -> None:
        if self._signer.state is None or not self._has_looked:
            return
        released = self._releaser.step(
            self._signer.state, keyless=self._is_keyless, stopping=self._stopping.is_set
        )
        if released is not None and released != self._released:
            self._released = released
            self._published(released)

    def _run(self, stage: str, step: Callable[[], None]) -> None:
        pause = POLL_SECONDS
        while not self._stopping.is_set() and not self._forked.is_set():
            try:
                step()
            except Forked as fault:
                self._failed(stage, fault)
                _log.critical("nothing is signed any more: %s", fault)
                self._forked.set()
                return
            except (StoreError, Unreadable) as fault:
                if self._stopping.is_set():
                    return
                self._failed(stage, fault)
                pause = min(2 * pause, MOST_SECONDS)
            except Exception as fault:  # noqa: BLE001 - it must go on when that is over
                _log.exception("the log cannot be published")
                self._failed(stage, fault)
                pause = min(2 * pause, MOST_SECONDS)
            else:
                if self._faults.pop(stage, None) is not None:
                    _log.warning("the log is published again")
                pause = POLL_SECONDS
            self._stopping.wait(LEAST_SECONDS)
            self._news[stage].wait(pause - LEAST_SECONDS)
            self._news[stage].clear()

    def _tell_missing(self) -> None:
        missing = self._signer.missing
        if missing != self._missing and missing:
            _log.warning("in force, and not in the key file: %s", ", ".join(missing))
        self._missing = missing

    def _failed(self, stage: str, fault: Exception) -> None:
        said = f"{type(fault).__name__}: {fault}"
        if said != self._faults.get(stage):
            _log.warning("the log is not published: %s", said)
        self._faults[stage] = said
        self._failures[stage] += 1
