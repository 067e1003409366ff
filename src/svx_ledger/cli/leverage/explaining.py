"""`explain`: from a figure to its lines, and from these to the events that they follow from."""

from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import not_found
from svx_ledger.cli.listing import Csv, listed
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import option
from svx_ledger.projections.leverage.vocabulary import Dimension, Which, which

from .options import ASKING, asked

if TYPE_CHECKING:
    from svx_ledger.projections.leverage.explaining import Explanation

_FIGURE = Annotated[
    str,
    typer.Argument(
        metavar="FIGURE",
        help="STAGE.BASIS.DENOMINATOR, such as confirmed.gross.D1; STAGE.BASIS is in pounds.",
    ),
]
_By = Annotated[Dimension | None, typer.Option("--by", help="Of one part, by this.")]
_Show = Annotated[
    int,
    typer.Option("--show", metavar="N", help="So many lines, and so many events.", min=1),
]
OPTIONS: Final[list[Parameter]] = [
    option("figure", _FIGURE, ...),
    option(
        "by", Annotated[Dimension | None, typer.Option("--by", help="Of one part, by this.")]
    ),
    option(
        "part",
        Annotated[str | None, typer.Option("--part", metavar="NAME", help="Of this part.")],
    ),
    *ASKING,
    option("show", _Show, default=20),
    option("csv", Csv, default=False),
]


def explain(session: Session, *, figure: str, csv: bool, show: int, **given: Any) -> None:
    """Take a leverage figure apart: its numerator and denominator, lines, proxies and events.

    With the same options as report leverage, it explains the same figure.
    """
    from svx_ledger.cli.views import viewed
    from svx_ledger.projections.leverage.explaining import NoSuchPart
    from svx_ledger.projections.leverage.explaining import explain as taken_apart
    from svx_ledger.projections.leverage.listing import SHARE
    from svx_ledger.projections.leverage.reporting import leverage_report

    if csv and session.json:
        raise Usage("Choose one of --csv and --json.")
    of = which(figure)
    if of is None:
        raise Usage(
            f"{figure!r} is no figure: write stage, basis and denominator, "
            "such as confirmed.gross.D1, or stage and basis for pounds."
        )
    by, part = given["by"], given["part"]
    if (by is None) != (part is None):
        raise Usage("--by and --part go together: --by measure --part cash")
    with viewed(session) as view:
        wanted = asked(view, given)
        report = leverage_report(view.rows, **vars(wanted))
        try:
            found = taken_apart(view.rows, report, of, (by, part) if by else None)
        except NoSuchPart:
            raise not_found(**{by: part}) from None
    if not csv and session.json:
        showing.line(found)
    elif not listed(session, SHARE, found.lines, csv=csv):
        _show(found, of, show)


def _show(found: "Explanation", of: Which, most: int) -> None:
    say(found.figure.text)
    say("")
    _show_quotient(found)
    say("")
    say(f"Its numerator is the sum of {len(found.lines)} lines:")
    rows = [
        (
            *(line.pledge_id or line.need_id, line.measure, showing.plain_of(line.counted)),
            *(line.unit, showing.plain_of(line.pounds_per_unit)),
            *(showing.money(line.gross_pence), showing.plain_of(line.k)),
            showing.money(line.value_pence),
            *((showing.plain_of(line.factor),) if of.weight == "present" else ()),
            " ".join(map(str, line.positions)),
        )
        for line in found.lines[:most]
    ]
    headings = ("pledge or need", "measure", "counts", "of", "£ a unit", "gross", "k")
    valued = ("net, first year", "all years") if of.weight == "present" else (of.weight,)
    showing.table((*headings, *valued, "events"), rows)
    _more(len(found.lines), most, "lines")
    say("")
    say("Valued by:")
    for row in found.proxies:
        worth = f"£{showing.plain_of(row.pounds_per_unit)} a {row.unit}"
        source = f"{row.source}, {row.edition} ({row.licence})"
        say(f"  {row.measure}: {worth}, prices of {row.price_year}; {source}; {row.position}")
    if found.discounting:
        say(f"  discounted by {found.discounting}: gross times k times the factor of")
        say("  all years, exactly; only the total is rounded")
    say("")
    say(f"All {len(found.events)} events behind it, by their positions in the log:")
    events = [
        (e.position, e.recorded_at, e.stream, e.version, e.type, e.role, e.organisation_id)
        for e in found.events[:most]
    ]
    showing.table(("position", "recorded", "stream", "version", "type", "by", "of"), events)
    _more(len(found.events), most, "events")


def _show_quotient(found: "Explanation") -> None:
    numerator = showing.money(found.numerator_pence)
    divisor = found.denominator
    if divisor is None:
        say(f"{numerator}, divided by nothing")
        return
    whole = "times 100 " if divisor.per == "D3" else ""
    said = found.figure.amount if found.figure.amount is not None else found.figure.reason
    say(f"{numerator} {whole}÷ {showing.money(divisor.pence)} = {said}")
    positions = " ".join(map(str, divisor.positions)) or "none"
    say(f"  {divisor.per}: {divisor.name}; events {positions}")


def _more(there: int, shown: int, what: str) -> None:
    if there > shown:
        say(f"… and {there - shown} more {what}: --show {there}, or --json for everything")
