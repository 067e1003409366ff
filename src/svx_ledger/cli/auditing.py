"""`audit`: the rules, run again over history; and what would have been without a bid."""

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import showing
from .failing import DivergenceFound, Refused, not_found
from .output import on_terminal, say
from .session import Damaged, Session, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from svx_ledger.audit import Audit, Finding
    from svx_ledger.audit.counterfactual import Counterfactual

Kind = Annotated[
    str | None,
    typer.Argument(metavar="KIND", help="auction, award or any kind of stream."),
]
Name = Annotated[
    str | None, typer.Argument(metavar="ID", help="Its name, e.g. auction-8f3k2m7q.")
]


def audit(
    session: Session,
    kind: Kind = None,
    name: Name = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="The whole ledger.")] = False,
    without_bid: Annotated[
        list[int] | None,
        typer.Option(
            "--without-bid", metavar="N", help="Hypothetical: the auction without this bid."
        ),
    ] = None,
    without_supplier: Annotated[
        list[str] | None,
        typer.Option(
            "--without-supplier",
            metavar="SUPPLIER",
            help="Hypothetical: without this supplier's bids.",
        ),
    ] = None,
    processes: Annotated[
        int,
        typer.Option("--processes", metavar="N", help="How many, for --all.", min=1, max=64),
    ] = 1,
    most: Annotated[
        int, typer.Option("--most", metavar="N", help="Show so many findings at most.", min=1)
    ] = 100,
) -> None:
    """Run the rules again over what is recorded, and name what they would not have made.

    Of the whole ledger by --all, or of one thing by its kind and name: auction ID, award ID.
    Ends with 0 where all is as the rules make it, with 3 where something differs.
    """
    stream = _stream(kind, name)
    if everything == (stream is not None):
        raise Usage("audit --all, or audit auction ID (award, pledge …)")
    if without_bid or without_supplier:
        if stream is None or not stream.startswith("auction-"):
            raise Usage("a counterfactual is of one auction: audit auction ID --without-bid N")
        _counterfactual(session, stream, without_bid or (), without_supplier or ())
        return
    _audit(session, stream, processes, most)


def _stream(kind: str | None, name: str | None) -> str | None:
    if kind is None:
        return None
    if name is None:
        name, kind = kind, kind.rpartition("-")[0]
        if not kind:
            raise Usage(f"say which: audit {name} ID")
    if not name.startswith(f"{kind}-"):
        raise Usage(f"the name of {kind} streams begins with {kind}-")
    return name


def _audit(session: Session, stream: str | None, processes: int, most: int) -> None:
    from functools import partial

    from svx_ledger.audit import audit as run
    from svx_ledger.audit.shown import shown_to
    from svx_ledger.eventlog.open import open_store
    from svx_ledger.projections.visibility import may_know

    from .views import viewer_of

    viewer = viewer_of(session)
    if stream is not None and not may_know(stream, viewer):
        raise not_found(stream=stream)
    with session.store() as store, _bar() as progress:
        try:
            result = run(
                store,
                of=stream,
                processes=processes,
                again=partial(open_store, session.settings.ledger),
                most=most,
                progress=progress,
            )
        except LookupError:
            raise not_found(stream=stream or "") from None
        shown = shown_to(result, store, viewer)
    if session.json:
        _print(shown)
    else:
        _tell(shown)
    if not result.clean:
        raise DivergenceFound


@contextmanager
def _bar() -> "Iterator[Callable[[int, int], None] | None]":
    """Show how far it is, on standard error, where a person waits."""
    if not on_terminal(sys.stderr):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("auditing", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print(result: "Audit") -> None:
    from svx_ledger.audit.shown import counts_shown

    for finding in result.findings:
        showing.line({"finding": _plain(finding)})
    counted = counts_shown(result)
    showing.line(
        {
            "clean": result.clean,
            "findings": len(result.findings) + result.more,
            "first": None if result.first is None else _plain(result.first),
            "events": result.events if counted else None,
            "streams": result.streams if counted else None,
            "derived": result.derived if counted else None,
            "commands": result.commands if counted else None,
            "unchecked": result.unchecked if counted else sorted(result.unchecked),
        }
    )


def _plain(finding: "Finding") -> dict[str, Any]:
    from svx_ledger.audit.rules import AUDIT_RULES

    rule = AUDIT_RULES.get(finding.rule)
    return {
        "position": finding.position,
        "stream": finding.stream,
        "rule": finding.rule,
        "recorded": finding.recorded,
        "derived": finding.derived,
        "rests_on": finding.rests_on or None,
        "demands": rule and rule.demands,
    }


def _tell(result: "Audit") -> None:
    import json

    from svx_ledger.audit.rules import AUDIT_RULES
    from svx_ledger.domain import vocabulary

    for n, finding in enumerate(result.findings):
        head = "first divergence" if n == 0 else "also"
        where = f"position {finding.position}, {finding.stream or 'no stream'}"
        beside = " (outside it, and it rests on it)" if finding.rests_on else ""
        say(f"{head}: {finding.rule} at {where}{beside}")
        rule = AUDIT_RULES.get(finding.rule) or vocabulary.RULES.get(finding.rule)
        if rule is not None:
            say(f"  {rule.demands} {rule.remedy}")
        for label, value in (("recorded", finding.recorded), ("derived", finding.derived)):
            said = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
            say(f"  {label}: {said}")
    if result.more:
        say(f"{result.more} more; --most N shows more of them")
    _tell_extent(result)
    if result.clean:
        say("Every event is one that the rules make of what was before it.")
    else:
        say("What follows the first divergence may follow from it: read that one first.")


def _tell_extent(result: "Audit") -> None:
    from svx_ledger.audit.shown import counts_shown

    counted = counts_shown(result)
    if counted:
        say(
            f"Audited the whole ledger: {result.events} events on {result.streams} streams, "
            f"{sum(result.commands.values())} commands, {result.derived} decided again"
        )
    else:
        say(f"Audited {result.of} and what it rests on")
    for reason, count in result.unchecked.items():
        say(f"  not checked: {count} {reason}" if counted else f"  not checked: {reason}")


def _counterfactual(
    session: Session, auction: str, bids: "tuple[int, ...] | list[int]", suppliers: Any
) -> None:
    from svx_ledger.audit.counterfactual import counterfactual
    from svx_ledger.domain.rule import Refusal
    from svx_ledger.eventlog.record import Unreadable

    from .views import viewer_of

    with session.store() as store:
        try:
            found = counterfactual(
                store,
                auction,
                bids=frozenset(bids),
                suppliers=frozenset(suppliers),
                viewer=viewer_of(session),
            )
        except Unreadable as fault:
            raise Damaged.said_by(fault) from None
    if found is None:
        raise not_found(auction=auction)
    if isinstance(found, Refusal):
        raise Refused(found)
    if session.json:
        showing.line(found)
    else:
        _show(found)


def _show(found: "Counterfactual") -> None:
    say(f"HYPOTHETICAL: {found.auction_id} {found.change}")
    names = ("rank", "supplier", "bid", "value")
    for title, ranking in (("As it was", found.actual), ("HYPOTHETICAL", found.hypothetical)):
        rows = [
            (bid.rank, bid.supplier_id, bid.bid_no, showing.money(bid.value_pence))
            for bid in ranking.ranking
        ]
        showing.table(names, rows, f"{title}: closed at {showing.cell(ranking.closes_at)}")
    say(f"First as it was: {found.winner or 'nobody'}")
    say(f"HYPOTHETICAL: first would be {found.hypothetical_winner or 'nobody'}")
    for said in found.differences:
        say(f"HYPOTHETICAL: {said}")
