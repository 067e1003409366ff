"""The options that questions take, by the name of the parameter that each stands for."""

from datetime import date
from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .failing import not_found
from .listing import Csv
from .session import Usage
from .verb import option

if TYPE_CHECKING:
    from svx_ledger.projections.table import Rows


def _text(flag: str, metavar: str, meaning: str) -> Any:
    return Annotated[str | None, typer.Option(flag, metavar=metavar, help=meaning)]


def _number(flag: str, meaning: str) -> Any:
    return Annotated[int | None, typer.Option(flag, metavar="N", help=meaning)]


CSV: Final = option("csv", Csv, default=False)
OPTIONS: Final[dict[str, Any]] = {
    "auction": _text("--auction", "AUCTION", "Of this auction only."),
    "procurement": _text("--procurement", "PROCUREMENT", "Of this procurement only."),
    "authority": _text("--authority", "ORG", "Of this authority only."),
    "supplier": _text("--supplier", "ORG", "Of this supplier only."),
    "community": _text("--community", "ORG", "Of this community organisation only."),
    "contract": _text("--contract", "CONTRACT", "Of this contract only."),
    "record": _text("--record", "STREAM", "Of this record only."),
    "area": _text("--area", "CODE", "A police force or a local authority, by its code."),
    "theme": _text("--theme", "CODE", "Of this theme only."),
    "screen": _text("--screen", "NAME", "This screen only."),
    "day": _text("--day", "YYYY-MM-DD", "Another UK date than today."),
    "within": _number("--within", "What is overdue, and what falls due in so many days."),
    "days": _number("--days", "Older than so many days. [default: 28]"),
    "minutes": _number("--minutes", "The last so many minutes. [default: 5]"),
    "seed": Annotated[str, typer.Option("--seed", metavar="TEXT", help="The published seed.")],
    "size": Annotated[int, typer.Option("--size", metavar="N", help="How many to draw.")],
}
REQUIRED: Final = frozenset({"seed", "size"})


def options_of(names: list[str]) -> list[Parameter]:
    """Return the options of a question, and that for CSV."""
    named = [option(name, OPTIONS[name], ... if name in REQUIRED else None) for name in names]
    return [*named, CSV]


def read(rows: "Rows", given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given as the question takes it; what was left out is left out.

    Raises Usage for a day that is none, and Refused for a thing that is not on the ledger.
    """
    taken = {name: value for name, value in given.items() if value is not None}
    if "day" in taken:
        taken["day"] = _day(taken["day"])
    for name, value in taken.items():
        if not _known(rows, name, value):
            raise not_found(**{name: value})
    return taken


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Usage(f"{text!r} is not a day: write it as 2026-01-31") from None


def _known(rows: "Rows", name: str, value: Any) -> bool:
    """Whether the thing that an option names is on the ledger; whose name is public."""
    from svx_ledger.projections.auction_rows import AUCTION
    from svx_ledger.projections.leverage.delivery import CONTRACT
    from svx_ledger.projections.organisations import ORGANISATION
    from svx_ledger.projections.procurements import PROCUREMENT

    match name:
        case "auction":
            return rows.get(AUCTION, value) is not None
        case "procurement":
            return rows.get(PROCUREMENT, value) is not None
        case "contract":
            return rows.get(CONTRACT, value) is not None
        case "authority" | "supplier" | "community":
            found = rows.get(ORGANISATION, value)
            return found is not None and found.side == name
        case _:
            return True
