"""The ledger of an exchange with what is read in it: what a program or a notebook opens."""

import threading
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from svx_ledger.eventlog.store import NotRead, Store
from svx_ledger.ledger import Clock, Ledger
from svx_ledger.ledger.batch import Salts

if TYPE_CHECKING:  # reading is imported by whoever reads
    from svx_ledger.domain.present_value import Convention, RateTable
    from svx_ledger.domain.uprating import Deflator
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.leverage.vocabulary import PeriodBasis
    from svx_ledger.projections.stored.ledger_views import LedgerViews


class Exchange(Ledger):
    """A ledger, open for writing, with its stored views, which are opened when first read.

    Safe from any thread. What it returned stays usable after it is closed.
    """

    def __init__(
        self, store: Store, *, url: str, salts: Salts, clock: Clock | None = None
    ) -> None:
        super().__init__(store, clock=clock, salts=salts, owns_store=True)
        self.url = url
        self._views: LedgerViews | None = None
        self._views_lock = threading.Lock()
        self._is_closed = False

    def close(self) -> None:
        """Write what waits and close: the views, and the store."""
        with self._views_lock:
            self._is_closed = True
            views, self._views = self._views, None
        try:
            if views is not None:
                views.close()
        finally:
            super().close()

    @property
    def views(self) -> "LedgerViews":
        """The stored views (docs/projections.md). Raises NotRead where this is closed."""
        from svx_ledger.projections.stored.opening import open_ledger_views

        with self._views_lock:
            if self._is_closed:
                raise NotRead("this ledger was closed: open it again")
            if self._views is None:
                self._views = open_ledger_views(self.url)
            return self._views

    def leverage(  # noqa: PLR0913 - what a report can be asked for, each by its name
        self,
        *,
        as_at: datetime | date | None = None,
        known_at: int | None = None,
        procurement: str | None = None,
        authority: str | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
        year: str | None = None,
        period_basis: "PeriodBasis" = "cohort",
        proxy_set: str | None = None,
        deflator: "Deflator | str | PathLike[str] | None" = None,
        prices_of: int | None = None,
        rates: "RateTable | str | PathLike[str] | None" = None,
        convention: "Convention" = "green_book",
    ) -> "LeverageReport":
        """Return the leverage report of what is asked for; without anything, of all, now.

        - `as_at`: up to when facts count: an instant, or a UK date, meant to its end;
          `known_at`: the log position up to which they were known. Without `as_at` it is what
          was true when that position was recorded.
        - `procurement`, `authority`: of one only, by its id.
        - `first_day` and `last_day`, UK dates that are both in, or a financial `year` such as
          `2025/26`. With the `period_basis` `cohort` they are those of procurements' first
          awards; with `period`, of the facts.
        - `proxy_set`: valued by this adopted set instead of the frozen ones; or in the
          `prices_of` a year by a `deflator`, which may be the name of a CSV file.
        - `rates`, a table or the name of a CSV file, and `convention`: for present values.

        What was written before is in it: the views are brought up to the log first, however
        long that takes. Interrupted, what was done of it stays done.

        Raises NotAsked (a ValueError) for a question that means nothing, Unknown (a
        LookupError) for what is not on the log, Faulty (a ValueError) and OSError for a file;
        NotKept where views cannot be kept, and NotRead (both StoreErrors).
        """
        from svx_ledger.intake.deflators import read_deflator
        from svx_ledger.intake.rate_tables import read_rate_table
        from svx_ledger.projections.leverage.asking import asked
        from svx_ledger.projections.leverage.reporting import leverage_report

        if isinstance(deflator, str | PathLike):
            deflator = read_deflator(Path(deflator))
        if isinstance(rates, str | PathLike):
            rates = read_rate_table(Path(rates))
        head = self.store.head().position
        with self.views.view(after=head, timeout=None) as view:
            question = asked(
                view,
                as_at=as_at,
                known_at=known_at,
                procurement=procurement,
                authority=authority,
                first_day=first_day,
                last_day=last_day,
                year=year,
                period_basis=period_basis,
                proxy_set=proxy_set,
                deflator=deflator,
                prices_of=prices_of,
                rates=rates,
                convention=convention,
            )
            return leverage_report(view.rows, **vars(question))
