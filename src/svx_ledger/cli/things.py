"""`organisation list`, `contract list` …: the things of a group, by their names."""

from collections.abc import Mapping
from inspect import Parameter
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from svx_ledger.projections.lists.catalogue import LISTS
from svx_ledger.projections.lists.listing import Filter, ListOf, page_of

from . import showing
from .listing import Csv, listed
from .session import Session, Usage
from .verb import add, option
from .views import viewed, viewer_of


def add_lists(group: typer.Typer, name: str) -> None:
    """Add `list` to a group of which there is one."""
    for one in LISTS:
        if one.group == name:
            _add(group, one)


def _add(group: typer.Typer, one: ListOf[Any, Any]) -> None:
    def run(session: Session, *, csv: bool = False, **sought: Any) -> None:
        _unless_of_form(one.filters, sought)
        viewer = viewer_of(session)
        with viewed(session) as view:
            found = page_of(one, view, viewer, sought=sought).items
        if listed(session, one.item._fields, found, csv=csv):
            return
        headings = [one.group, *map(_heading, one.shown[1:])]
        showing.table(headings, [[_cell(row, name) for name in one.shown] for row in found])

    options = [*map(_option, one.filters), option("csv", Csv, default=False)]
    add(group, "list", run, parameters=options, meaning=one.meaning)


def _option(one: Filter) -> Parameter:
    choices = f" [{'|'.join(get_args(one.form))}]" if _is_choice(one) else ""
    told = typer.Option(f"--{one.name}", metavar=one.metavar, help=one.meaning + choices)
    return option(one.name, Annotated[str | None, told], None)


def _unless_of_form(filters: tuple[Filter, ...], sought: Mapping[str, Any]) -> None:
    """Raise Usage for what no such thing can have: a word or a text of another form."""
    from svx_ledger.eventlog import scalars
    from svx_ledger.eventlog.malformed import Malformed

    for one in filters:
        value = sought[one.name]
        if value is None:
            continue
        if _is_choice(one):
            if value not in get_args(one.form):
                raise Usage(f"--{one.name} is one of {', '.join(get_args(one.form))}.")
            continue
        shape = scalars.text(get_args(one.form)[1:])
        try:
            shape.decode(value)
        except Malformed:
            raise Usage(f"--{one.name} takes {shape.form}.") from None


def _is_choice(one: Filter) -> bool:
    return get_origin(one.form) is Literal


def _heading(column: str) -> str:
    named = column.removesuffix("_id").removesuffix("_at").replace("_pence", " £")
    return named.replace("_", " ")


def _cell(row: Any, column: str) -> Any:
    value = getattr(row, column)
    if column.endswith("_pence"):
        return showing.money(value)
    return " ".join(value) if isinstance(value, tuple) else value
