"""What `report leverage` and `explain` are asked for, and how that is read."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from svx_ledger.cli import times
from svx_ledger.cli.failing import not_found
from svx_ledger.cli.session import Usage
from svx_ledger.cli.verb import option
from svx_ledger.projections.leverage.vocabulary import PeriodBasis

if TYPE_CHECKING:
    from svx_ledger.domain.present_value import RateTable
    from svx_ledger.domain.uprating import Deflator
    from svx_ledger.projections.leverage.framing import Asked
    from svx_ledger.projections.view import View


def _text(flag: str, metavar: str, meaning: str) -> Any:
    return Annotated[str | None, typer.Option(flag, metavar=metavar, help=meaning)]


ASKING: Final = [
    option(name, annotation, default)
    for name, annotation, default in (
        (
            "as_at",
            _text("--as-at", "TIME|DATE", "What was true then. A date is to its end."),
            None,
        ),
        (
            "known_at",
            Annotated[
                int | None,
                typer.Option(
                    "--known-at", metavar="N", help="As known at this position of the log."
                ),
            ],
            None,
        ),
        ("procurement", _text("--procurement", "PROCUREMENT", "Of this one only."), None),
        ("authority", _text("--authority", "ORG", "Of this authority's procurements."), None),
        ("first_day", _text("--from", "DATE", "From this UK date on."), None),
        ("last_day", _text("--to", "DATE", "To this UK date, included."), None),
        ("year", _text("--year", "2025/26", "This financial year, 1 April to 31 March."), None),
        (
            "basis_of_period",
            Annotated[
                PeriodBasis,
                typer.Option(
                    "--period-basis",
                    help="Dates are of the first award (cohort), or of each fact (period).",
                ),
            ],
            "cohort",
        ),
        ("proxy_set", _text("--proxy-set", "ID", "Value by this adopted set instead."), None),
        ("deflator", _text("--deflator", "FILE", "A CSV of price indices by year."), None),
        (
            "prices_of",
            Annotated[
                int | None,
                typer.Option(
                    "--prices-of", metavar="YEAR", help="Value in this year's prices."
                ),
            ],
            None,
        ),
        ("rates", _text("--rates", "FILE", "A CSV of discount rates by year."), None),
        (
            "convention",
            Annotated[
                Literal["green_book", "sroi_guide"],
                typer.Option(
                    "--convention", help="Whether the first year of an outcome is discounted."
                ),
            ],
            "green_book",
        ),
    )
]
"""The options that say what is asked for."""


def asked(view: "View", given: dict[str, Any]) -> "Asked":
    """Read what is asked for. Raises Usage, and Refused for a thing that is not there."""
    from svx_ledger.projections.leverage import asking

    try:
        return asking.asked(
            view,
            as_at=_as_at(given["as_at"]),
            known_at=given["known_at"],
            procurement=given["procurement"],
            authority=given["authority"],
            first_day=_day("--from", given["first_day"]),
            last_day=_day("--to", given["last_day"]),
            year=given["year"],
            period_basis=given["basis_of_period"],
            proxy_set=given["proxy_set"],
            deflator=_deflator(given["deflator"]),
            prices_of=given["prices_of"],
            rates=_rates(given["rates"]),
            convention=given["convention"],
        )
    except asking.Unknown as fault:
        raise not_found(**{fault.kind: fault.id}) from None
    except asking.NotAsked as fault:
        raise Usage(str(fault)) from None


def _as_at(text: str | None) -> datetime | date | None:
    return None if text is None else times.day_or_instant("--as-at", text)


def _day(flag: str, text: str | None) -> date | None:
    return None if text is None else times.day(flag, text)


def _deflator(path: str | None) -> "Deflator | None":
    from svx_ledger.intake.deflators import read_deflator
    from svx_ledger.intake.exact import Faulty

    try:
        return read_deflator(Path(path)) if path is not None else None
    except (Faulty, OSError) as fault:
        raise Usage(f"--deflator {path}: {_reason(fault)}") from None


def _rates(path: str | None) -> "RateTable | None":
    from svx_ledger.intake.exact import Faulty
    from svx_ledger.intake.rate_tables import read_rate_table

    try:
        return read_rate_table(Path(path)) if path is not None else None
    except (Faulty, OSError) as fault:
        raise Usage(f"--rates {path}: {_reason(fault)}") from None


def _reason(fault: Exception) -> str:
    return fault.strerror or str(fault) if isinstance(fault, OSError) else str(fault)
