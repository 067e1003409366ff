"""The options that questions take, by the name of the parameter that each stands for."""

from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from svx_ledger.cli import times
from svx_ledger.cli.failing import not_found
from svx_ledger.cli.listing import Csv
from svx_ledger.cli.verb import option
from svx_ledger.projections.questions.parameters import PARAMETERS, is_known

if TYPE_CHECKING:
    from svx_ledger.projections.table import Rows

CSV: Final = option("csv", Csv, default=False)


def options_of(names: list[str]) -> list[Parameter]:
    """Return the options of a question, and that for CSV."""
    return [*map(_option, names), CSV]


def _option(name: str) -> Parameter:
    about = PARAMETERS[name]
    said = f"{about.meaning} [default: {about.default}]" if about.default else about.meaning
    told = typer.Option(f"--{name}", metavar=about.metavar, help=said)
    kind: Any = int if about.metavar == "N" else str
    if about.required:
        return option(name, Annotated[kind, told], ...)
    return option(name, Annotated[kind | None, told], None)


def read(rows: "Rows", given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given as the question takes it; what was left out is left out.

    Raises Usage for a day that is none, and Refused for a thing that is not on the ledger.
    """
    taken = {name: value for name, value in given.items() if value is not None}
    if "day" in taken:
        taken["day"] = times.day("--day", taken["day"])
    for name, value in taken.items():
        if not is_known(rows, name, value):
            raise not_found(**{name: value})
    return taken
