"""Lists for programs: a line of JSON each, or CSV."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from . import showing
from .session import Session, Usage

Csv = Annotated[bool, typer.Option("--csv", help="Answer in CSV, with a row of headings.")]


def listed(
    session: Session, columns: Sequence[str], items: Iterable[Any], *, csv: bool
) -> bool:
    """Show a list in JSON or CSV, if that is asked for: CSV has these attributes of each item.

    Raises Usage where both are, and Unshown.
    """
    if csv and session.json:
        raise Usage("Choose one of --csv and --json.")
    if csv:
        from . import csv_output

        csv_output.table(columns, items)
    elif session.json:
        for item in items:
            showing.line(item)
    return csv or session.json
