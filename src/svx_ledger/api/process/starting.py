"""What a process is told when it begins to serve, and the ledger that it then opens."""

import ctypes
import os
import signal
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Final

import orjson

from svx_ledger import open_ledger
from svx_ledger.api.serving import Config
from svx_ledger.domain.book import LedgerOpened
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import read_record
from svx_ledger.eventlog.store import NoLedger
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import SimulatedClock

from .logs import Form

VARIABLE: Final = "SVX_SERVING"
"""In the environment of a worker: what it is told. The parent sets it, and nobody else."""
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Which ledger is served, how, and how the process logs."""

    ledger: str
    config: Config
    log: Form
    mark: str | None = None

    def to_text(self) -> str:
        """Return it as it is handed to a worker."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def from_text(cls, text: str) -> "Start":
        """Read what `to_text` wrote."""
        told = orjson.loads(text)
        return cls(**(told | {"config": Config(**told["config"])}))


def open_to_serve(url: str, mark: str | None = None) -> Exchange:
    """Open a ledger; one whose time is simulated with the time of its last event.

    `mark` is as `open_ledger` has it. Raises StoreError where there is none, where it was not
    begun, where it is unsafe or cannot be written, and where it is behind what was published
    of it.
    """
    with closing(open_store(url)) as store:
        store.check()
        first = next(store.rows(limit=1), None)
        if first is None:
            raise NoLedger("there is no ledger here; begin it with `svx-ledger init`")
        opened = read_record(first).event
        simulated = isinstance(opened, LedgerOpened) and opened.clock == "simulated"
        if not simulated:
            store.check_writing()
            return open_ledger(url, mark=mark)
        last = next(store.rows(after=store.head().position - 1, limit=1))
        clock = SimulatedClock(read_record(last).recorded_at)
        return open_ledger(url, clock=clock, mark=mark)


def is_simulated(exchange: Exchange) -> bool:
    """Whether nothing may be written to a ledger from here: its time is not the real one."""
    return isinstance(exchange.clock, SimulatedClock)


def end_with_parent() -> None:
    """Let this process be told to end when the one that started it is gone."""
    parent = os.getppid()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it went just now
        os.kill(os.getpid(), signal.SIGTERM)
