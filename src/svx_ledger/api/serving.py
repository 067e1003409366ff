"""What the routes have at hand: the ledger, its views, and who asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from svx_ledger.api.admission.closing_soon import ClosingSoon
from svx_ledger.api.admission.limits import Limits
from svx_ledger.api.admission.principals import Principals
from svx_ledger.api.health.metrics import Metrics
from svx_ledger.api.health.readiness import Prober
from svx_ledger.api.live.hub import Hub
from svx_ledger.api.process.ending import Ending
from svx_ledger.api.published.log import Published
from svx_ledger.api.refusals import BEHIND, Declined
from svx_ledger.api.workers.heavy import Heavy
from svx_ledger.api.workers.readers import Readers
from svx_ledger.exchange import Exchange
from svx_ledger.projections.stored.ledger_views import Behind, LedgerViews
from svx_ledger.projections.view import View
from svx_ledger.publishing.composing import policy_named
from svx_ledger.settings import ANONYMOUS_REQUESTS, AT_ONCE, REQUESTS

T = TypeVar("T")
VIEW_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How the API is served.

    `read_only`: nothing can be written, as in a ledger whose time is simulated. `requests`
    and `anonymous_requests` are what a key, and an address without one, may ask in a minute;
    `at_once` is how many requests one process works on at a time, of which a quarter is kept
    for bidders of auctions that close within `near_close_seconds`. `follow`: this process
    keeps the views up to date. `tick`: its clock decides deadlines that nobody's command does.
    Views that are further behind than `most_lag_seconds` make it unfit to answer (GET /ready).
    `watchers` is how many streams a process has, of them `watchers_each` for a key, or for an
    address without one; a stream ends after about `stream_seconds`, or when its connection
    has taken nothing for `slow_seconds`.
    `heavy_processes` answer reads that take long, each in `heavy_seconds` at most; without any,
    the readers do.
    `policy` names the file of the policy that receipts have to satisfy, where there is one.
    """

    read_only: bool = False
    requests: int = REQUESTS
    anonymous_requests: int = ANONYMOUS_REQUESTS
    at_once: int = AT_ONCE
    near_close_seconds: int = 300
    follow: bool = True
    tick: bool = True
    most_lag_seconds: float = 5.0
    watchers: int = 5_000
    watchers_each: int = 50
    stream_seconds: float = 3_600.0
    slow_seconds: float = 10.0
    heavy_processes: int = 2
    heavy_seconds: float = 30.0
    policy: str | None = None


class Serving:
    """One process that serves a ledger. Its routes hold it; close it at the end.

    Raises NotPublished for a policy that cannot be used.
    """

    def __init__(self, exchange: Exchange, config: Config) -> None:
        policy = policy_named(config.policy)
        self.exchange = exchange
        self.config = config
        self.principals = Principals(exchange)
        self.ending = Ending()
        self.closing_soon = ClosingSoon(exchange, config.near_close_seconds)
        self.limits = Limits(
            requests=config.requests,
            anonymous_requests=config.anonymous_requests,
            at_once=config.at_once,
            may_bid_soon=self.closing_soon.bids_in,
        )
        self.metrics = Metrics()
        self.published = Published(exchange.store, exchange.url, policy)
        self.prober = Prober(
            exchange,
            lambda header: self.principals.of(header),  # noqa: PLW0108 - a test puts in others
            self.published,
            most_lag_seconds=config.most_lag_seconds,
        )
        self.heavy: Heavy | None = None
        if config.heavy_processes:
            self.heavy = Heavy(exchange.url, config.heavy_processes, config.heavy_seconds)
        self.live = Hub(self)
        self._readers = Readers(lambda: exchange.store.head().position)

    def close(self) -> None:
        """Stop answering; the ledger stays open."""
        self.live.close()
        self.principals.close()
        if self.heavy is not None:
            self.heavy.close()
        self.closing_soon.close()
        self.prober.close()
        self._readers.close()
        self.published.close()

    async def read(self, ask: Callable[[View], T], after: int | None = None) -> T:
        """Ask something of the views as they are now, in a thread of the readers.

        `after` is a log position that they must have come to. Raises Declined where too many
        wait already, or too many for this asker, and what `view_of` does.
        """

        def asked() -> T:
            with view_of(self.exchange.views, after) as view:
                return ask(view)

        return await self.in_reader(asked)

    async def in_reader(self, work: Callable[[], T], *, own: bool = False) -> T:
        """Do something that reads the store, outside the event loop. Raises Declined.

        `own` says that it is short, and about who asks: it does not wait behind others.
        """
        return await self._readers.do(work, own=own)

    async def head(self) -> int:
        """Return the last position of the log, without waiting behind what others read."""
        return await self._readers.head()


@contextmanager
def view_of(views: LedgerViews, after: int | None = None) -> Iterator[View]:
    """Yield the views as they are now, for whoever asked something of them.

    Raises Declined where they do not come to `after` in time, NotKept and NotRead.
    """
    try:
        with views.view(after=after, timeout=VIEW_SECONDS) as view:
            yield view
    except Behind:
        raise Declined(BEHIND) from None
