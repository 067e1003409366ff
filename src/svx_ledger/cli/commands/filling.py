"""What a command needs and nobody would type: read from the ledger or from a calendar."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer

from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import option
from svx_ledger.domain.award.announcing import CALENDAR_WINDOW
from svx_ledger.domain.uk_calendar import uk_date

from . import key_issuing

Plain = dict[str, Any]


class Fill(NamedTuple):
    """Fields that may be left out, further options, and how the fields are filled."""

    fields: frozenset[str]
    options: tuple[Parameter, ...]
    fill: Callable[[Session, Plain, Mapping[str, Any]], None]


def _acting(field: str) -> Fill:
    """Let a field be the organisation that acts, other than the operator's."""

    def fill(session: Session, data: Plain, _: Mapping[str, Any]) -> None:
        actor = session.actor()
        if actor.organisation is not None and actor.role != "operator":
            data.setdefault(field, actor.organisation)

    return Fill(frozenset({field}), (), fill)


def _clock_step(session: Session, data: Plain, _: Mapping[str, Any]) -> None:
    """Take the ledger's name and last instant from the log, and now from this machine."""
    from svx_ledger.eventlog.record import recorded_at
    from svx_ledger.eventlog.scalars import instant

    with session.store() as store:
        first = next(iter(store.rows(limit=1)), None)
        last = store.head()
    if first is None:
        return
    data.setdefault("ledger_id", first.stream)
    data.setdefault("clock_at", instant(datetime.now(UTC)))
    data.setdefault("last_recorded_at", instant(recorded_at(last.record)))


BankHolidays = Annotated[
    Path | None,
    typer.Option(
        "--bank-holidays",
        metavar="FILE",
        help="bank-holidays.json of gov.uk: gives the calendar, its version and the days.",
    ),
]


def _calendar(_: Session, data: Plain, extra: Mapping[str, Any]) -> None:
    """Cut publication to 60 days from today out of gov.uk's file, all nations' together.

    A day that is a holiday in one nation only makes the standstill later, which is safe.
    """
    file: Path | None = extra["bank_holidays"]
    if file is None:
        return
    try:
        text = file.read_bytes()
        published_on = date.fromisoformat(data["published_on"])
        days = {
            date.fromisoformat(holiday["date"])
            for division in json.loads(text).values()
            for holiday in division["events"]
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise Usage(f"{file} cannot be read as gov.uk's bank-holidays.json") from None
    end = today() + CALENDAR_WINDOW
    if not days or max(days) < end - timedelta(days=30):
        raise Usage(f"{file} ends before the standstill could: download the current one")
    inside = sorted(d.isoformat() for d in days if published_on <= d <= end and d.weekday() < 5)
    data.setdefault("calendar", "gov.uk bank holidays, all UK nations")
    data.setdefault("calendar_version", f"sha256 {sha256(text).hexdigest()}")
    data.setdefault("non_working_days", inside)


def today() -> date:
    """Return the date in the United Kingdom, from which a standstill counts."""
    return uk_date(datetime.now(UTC))


def _all_private(session: Session, data: Plain, _: Mapping[str, Any]) -> None:
    """Name every private text of the stream that is kept."""
    from svx_ledger.domain import vocabulary
    from svx_ledger.domain.erasing import private_of
    from svx_ledger.eventlog.record import read_event

    if "commitments" in data:
        return
    state: object = None
    with session.store() as store:
        for row in store.stream(data["stream"]):
            state = vocabulary.evolve(row.stream, state, read_event(row))
    data["commitments"] = sorted(private_of(state))


def _this_ledger(session: Session, data: Plain, _: Mapping[str, Any]) -> None:
    """Name the one ledger that there is here."""
    with session.store() as store:
        first = next(iter(store.rows(limit=1)), None)
    if first is not None:
        data.setdefault("ledger_id", first.stream)


FILLS: Final[Mapping[str, Fill]] = {
    "AcceptClockStep": Fill(
        frozenset({"ledger_id", "clock_at", "last_recorded_at"}), (), _clock_step
    ),
    "AddLogKey": Fill(frozenset({"ledger_id"}), (), _this_ledger),
    "AdoptProxySet": _acting("adopter_id"),
    "ApproveNeed": _acting("approver_organisation"),
    "EraseSubject": Fill(frozenset({"commitments"}), (), _all_private),
    "IssueApiKey": Fill(key_issuing.FIELDS, key_issuing.OPTIONS, key_issuing.fill),
    "PublishAwardNotice": Fill(
        frozenset({"calendar", "calendar_version", "non_working_days"}),
        (option("bank_holidays", BankHolidays),),
        _calendar,
    ),
    "VerifyOrganisation": _acting("verifier_id"),
}
