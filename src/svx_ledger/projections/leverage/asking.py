"""Asking for a report: whose leverage, of which time, as known when, valued how.

Whoever asks, at the command line or from Python, is understood in this one place, and is told
the same where a question means nothing.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from svx_ledger.domain.present_value import CONVENTIONS, GREEN_BOOK_STPR, Convention, RateTable
from svx_ledger.domain.uk_calendar import DAY, uk_midnight
from svx_ledger.domain.uprating import Deflator, YearMissing, labels
from svx_ledger.projections.organisations import ORGANISATION
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.trail import ENTRY
from svx_ledger.projections.trail_rows import TrailRows
from svx_ledger.projections.view import View

from .arguments import whole, wrong_kind
from .framing import Asked
from .scope import Scope
from .valuing import Discounting, NoSuchProxySet, Restatement, in_prices_of, under_proxy_set
from .vocabulary import PeriodBasis

Kind = Literal["procurement", "authority", "proxy set"]
_MOMENT = timedelta(microseconds=1)


class NotAsked(ValueError):
    """What is asked for means nothing; the text says why, and what to ask instead."""


class Unknown(LookupError):
    """There is no `kind` of this id on the log, as far as it is known to the question."""

    def __init__(self, kind: Kind, id_: str, says: str) -> None:
        super().__init__(says)
        self.kind = kind
        self.id = id_


def asked(  # noqa: PLR0913 - what a report can be asked for, each by its name
    view: View,
    *,
    as_at: datetime | date | None = None,
    known_at: int | None = None,
    procurement: str | None = None,
    authority: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    year: str | None = None,
    period_basis: PeriodBasis = "cohort",
    proxy_set: str | None = None,
    deflator: Deflator | None = None,
    prices_of: int | None = None,
    rates: RateTable | None = None,
    convention: Convention = "green_book",
) -> Asked:
    """Return what is asked for of a view; without anything, the portfolio now, as known now.

    `as_at` is an instant, or a UK date that is meant to its end. `known_at` is a log position;
    alone, it asks for what was true when that was recorded. `year` is a financial year such as
    `2025/26`, in place of `first_day` and `last_day`. Quantities are valued by another
    `proxy_set` than the frozen ones, or in the `prices_of` a year by a `deflator`; a financial
    year is asked for by the year in which it begins.

    Raises NotAsked, also for an argument of a type that it cannot have, and Unknown for what is
    not on the log up to that position.
    """
    if said := wrong_kind({name: value for name, value in locals().items() if name != "view"}):
        raise NotAsked(said)
    known_at, prices_of = whole(known_at), whole(prices_of)
    known = _known_at(view, known_at)
    if convention not in CONVENTIONS:
        raise NotAsked(f"{convention!r} is no convention: say {' or '.join(CONVENTIONS)}")
    return Asked(
        as_at=_as_at(view, as_at, known_at),
        known_at=known,
        scope=Scope(
            procurement_id=procurement,
            authority_id=_whose(view, known, procurement, authority),
            **_days(first_day, last_day, year),
            basis=_basis(period_basis),
        ),
        discounting=Discounting(table=rates or GREEN_BOOK_STPR, convention=convention),
        restatement=_restatement(view, proxy_set, deflator, prices_of),
    )


def _known_at(view: View, known_at: int | None) -> int:
    if known_at is None:
        return view.position
    if known_at < 1:
        raise NotAsked(f"the first position of a log is 1: nothing is known at {known_at}")
    if known_at > view.position:
        raise NotAsked(
            f"position {known_at} is not on the log, which is read up to {view.position}: "
            "ask at that, or at none for all there is"
        )
    return known_at


def _as_at(view: View, as_at: datetime | date | None, known_at: int | None) -> datetime:
    """Return the instant in UTC."""
    match as_at:
        case datetime():
            if as_at.utcoffset() is None:
                raise NotAsked(
                    "as_at: an instant has its offset from UTC: say datetime(…, tzinfo=UTC), "
                    "or a date for the end of that day in the United Kingdom"
                )
            try:
                return as_at.astimezone(UTC)
            except OverflowError:
                raise NotAsked(f"no clock in UTC ever shows {as_at}") from None
        case date():
            if as_at == date.max:
                return datetime.max.replace(tzinfo=UTC)
            return uk_midnight(as_at + DAY) - _MOMENT
        case None:
            row = None if known_at is None else TrailRows(view.rows).at(known_at)
            return view.now if row is None else row.recorded_at


def _days(
    first_day: date | None, last_day: date | None, year: str | None
) -> dict[Literal["first_day", "last_day"], date | None]:
    """Return the first and the last day of a time."""
    if year is not None:
        if first_day is not None or last_day is not None:
            raise NotAsked("a time is a year or it has a first and a last day, not both")
        begins = int(year[:4]) if labels(year, "financial") else 0
        if not date.min.year <= begins < date.max.year:
            raise NotAsked(f"{year!r} is no financial year: say it as 2025/26")
        return {"first_day": date(begins, 4, 1), "last_day": date(begins + 1, 3, 31)}
    if isinstance(first_day, datetime) or isinstance(last_day, datetime):
        raise NotAsked("first_day and last_day are whole UK days: say a date, not an instant")
    if first_day is not None and last_day is not None and first_day > last_day:
        raise NotAsked(f"the first day, {first_day}, is after the last, {last_day}")
    return {"first_day": first_day, "last_day": last_day}


def _basis(basis: PeriodBasis) -> PeriodBasis:
    if basis not in ("cohort", "period"):
        raise NotAsked(f"{basis!r} is no basis of a period: say cohort or period")
    return basis


def _whose(
    view: View, known_at: int, procurement: str | None, authority: str | None
) -> str | None:
    """Return the authority that is meant. Raises Unknown."""
    if authority is not None:
        organisation = view.rows.get(ORGANISATION, authority)
        if organisation is None or organisation.side != "authority":
            raise _unknown("authority", authority, known_at)
        _unless_later(view, "authority", authority, known_at)
    if procurement is not None:
        row = view.rows.get(PROCUREMENT, procurement)
        if row is None:
            raise _unknown("procurement", procurement, known_at)
        _unless_later(view, "procurement", procurement, known_at)
        if authority not in (None, row.authority_id):
            raise NotAsked(
                f"{procurement} is a procurement of {row.authority_id}, not of {authority}: "
                "ask for one of the two"
            )
    return authority


def _unless_later(view: View, kind: Kind, stream: str, known_at: int) -> None:
    """Raise Unknown where the first event of a stream came after a position."""
    first = next(iter(view.rows.where(ENTRY, "stream", stream)), None)
    if first is not None and first.position > known_at:
        raise _unknown(kind, stream, known_at)


def _unknown(kind: Kind, id_: str, known_at: int) -> Unknown:
    return Unknown(kind, id_, f"there is no {kind} {id_} on the log up to position {known_at}")


def _restatement(
    view: View, proxy_set: str | None, deflator: Deflator | None, prices_of: int | None
) -> Restatement | None:
    if deflator is None and prices_of is not None:
        raise NotAsked(f"prices of {prices_of} need a deflator: name its file, or leave both")
    if deflator is not None and prices_of is None:
        raise NotAsked("with a deflator, say by prices_of which year's prices are asked for")
    if proxy_set is not None and deflator is not None:
        raise NotAsked("values are restated by a proxy set or by a deflator, not by both")
    if proxy_set is not None:
        try:
            return under_proxy_set(view.rows, proxy_set)
        except NoSuchProxySet:
            says = f"no proxy set {proxy_set} was adopted on this ledger"
            raise Unknown("proxy set", proxy_set, says) from None
    if deflator is None or prices_of is None:
        return None
    try:
        return in_prices_of(deflator, prices_of)
    except YearMissing as missing:
        has = f"{min(deflator.index)} to {max(deflator.index)}"
        raise NotAsked(f"{missing}: it has {has}") from None
