"""`auction board`: an auction as everybody may see it, or as one of its bidders does."""

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from . import showing
from .failing import Refused, not_found
from .output import say
from .session import Session, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svx_ledger.projections.board import Board, OwnBoard, Place

TIMES = ("opens_at", "closes_at", "hard_stop")
RULES = ("mode", "visibility", "rank_on", "basis")


def board(
    session: Session,
    auction: Annotated[
        str | None, typer.Argument(metavar="AUCTION", help="Left out, all are listed.")
    ] = None,
    supplier: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="SUPPLIER",
            help="As this bidder sees it: its own rank. For itself only, until all is ranked.",
        ),
    ] = None,
    *,
    authority: Annotated[
        str | None, typer.Option(metavar="ORG", help="Of all: those of this authority.")
    ] = None,
    procurement: Annotated[
        str | None,
        typer.Option(metavar="PROCUREMENT", help="Of all: those of this procurement."),
    ] = None,
    phase: Annotated[
        str | None,
        typer.Option(metavar="PHASE", help="Of all: those in this phase, such as open."),
    ] = None,
) -> None:
    """Show an auction as it stands now, without what is hidden from whoever asks."""
    from svx_ledger.domain.auction.state import Phase
    from svx_ledger.domain.rule import Refusal
    from svx_ledger.projections import board as boards
    from svx_ledger.projections.auction_board import BOARD
    from svx_ledger.projections.auction_search import ALL_AUCTIONS, AuctionsOf
    from svx_ledger.projections.organisations import ORGANISATIONS
    from svx_ledger.projections.visibility import VISIBILITY

    from .views import viewed, viewer_of

    if supplier and not auction:
        raise Usage("--as goes with an auction: svx-ledger auction board AUCTION --as SUPPLIER")
    of = AuctionsOf(authority, procurement, phase)
    if auction and of != ALL_AUCTIONS:
        raise Usage("--authority, --procurement and --phase are of all auctions: name none")
    if phase not in (None, *get_args(Phase)):
        raise Usage(f"--phase is one of {', '.join(get_args(Phase))}.")
    viewer = viewer_of(session)
    with viewed(session, (ORGANISATIONS, BOARD, VISIBILITY)) as view:
        if auction is None:
            _list(session, boards.boards(view.rows, view.now, viewer, of))
            return
        found: Board | OwnBoard | Refusal | None
        if supplier is not None:
            found = boards.board_for(view.rows, auction, supplier, viewer=viewer, now=view.now)
        else:
            found = boards.board(view.rows, auction, view.now, viewer)
    if found is None:
        raise not_found(auction=auction, **({"supplier": supplier} if supplier else {}))
    if isinstance(found, Refusal):
        session.actor()  # where nobody is said to act, this is what is missing
        raise Refused(found)
    if session.json:
        showing.line(found)
    elif isinstance(found, boards.OwnBoard):
        show_own(found)
    else:
        show(found)


def _list(session: Session, found: "tuple[Board, ...]") -> None:
    if session.json:
        for one in found:
            showing.line(one)
        return
    table(found)


def table(found: "Sequence[Board]") -> None:
    """Show auctions in a table, a line each."""
    headings = ("auction", "lot", "phase", "opens", "closes", "bids", "bidders")
    rows = [
        (
            *(b.auction_id, b.lot, b.phase, b.opens_at, b.closes_at),
            *(showing.hidden(b.bids), showing.hidden(b.bidders)),
        )
        for b in found
    ]
    showing.table(headings, rows)


def show_own(own: "OwnBoard", *, then: bool = False) -> None:
    """Show a bidder's own board to a person."""
    say(f"{own.auction_id} as {own.supplier_id} sees it: {own.phase}")
    for name in (*TIMES, "status", "bidders", "rank", "bid_no"):
        say(f"  {name}: {showing.cell(getattr(own, name)) or '-'}")
    say(f"  value: {showing.money(own.value_pence)}")
    if own.score_points is not None:
        say(f"  points: {showing.cell(own.score_points)}")
    if own.rivals is not None:
        say(f"  known to the others as {own.pseudonym}")
        scores = [
            (
                r.pseudonym,
                showing.money(r.score_pence) if r.score_points is None else r.score_points,
            )
            for r in own.rivals
        ]
        showing.table(("bidder", "score"), scores, "Standing bids")
    if not then:
        _say_whether_due(own)


def show(
    found: "Board", standing: "Sequence[Place] | None" = None, *, then: bool = False
) -> None:
    """Show a board to a person.

    Of a moment that is past (`then`), with the order in which bids stood where that is known.
    """
    say(f"{found.auction_id}, lot {found.lot} of {found.procurement_id}: {found.phase}")
    for name in (*TIMES, "extensions", *RULES, "bids", "rejections", "bidders"):
        say(f"  {name}: {showing.hidden(getattr(found, name))}")
    if found.reserve_points is None:
        say(f"  reserve: {showing.money(found.reserve_pence)}")
    else:
        say(f"  reserve: {found.reserve_points:f} points")
    if found.needs:
        _show_needs(found)
    if found.participants is None:
        say("Who takes part is hidden until the auction is ranked.")
    elif found.participants:
        people = [(p.name, p.supplier_id, p.status) for p in found.participants]
        showing.table(("supplier", "", "status"), people, "Participants")
    if found.ranking is not None:
        _show_ranking(found, found.ranking)
    elif standing is not None:
        _show_ranking(found, standing, "Standing bids")
    else:
        say("Bids are hidden until the auction is ranked.")
        if not then:
            _say_whether_due(found)
    if found.withdrawals:
        taken = [(w.bid_no, w.supplier_id, w.reason) for w in found.withdrawals]
        showing.table(("bid", "supplier", "reason"), taken, "Withdrawn")
    if found.scores is not None:
        scores = [(s.supplier_id, s.price, s.quality) for s in found.scores]
        showing.table(("supplier", "price", "quality"), scores, "Assessment, in points")


def _show_needs(found: "Board") -> None:
    in_points = found.basis == "points"
    headings = ("need", "measure", "at most", "unit", "£ per unit")
    rows = [
        (
            *(n.need_id, n.measure, n.quantity, n.unit, n.pounds_per_unit),
            *((n.points_per_unit,) if in_points else ()),
        )
        for n in found.needs
    ]
    showing.table((*headings, "points per unit") if in_points else headings, rows, "Needs")


def _show_ranking(found: "Board", ranking: "Sequence[Place]", title: str = "Ranking") -> None:
    in_points = found.basis == "points"
    headings = ("rank", "supplier", "", "bid", "value")
    places = [
        (
            *(p.rank, p.name, p.supplier_id, p.bid_no, showing.money(p.value_pence)),
            *((p.score_points,) if in_points else ()),
        )
        for p in ranking
    ]
    showing.table((*headings, "points") if in_points else headings, places, title)


def _say_whether_due(found: "Board | OwnBoard") -> None:
    """Say of a closed auction that is not ranked that both are still to be written."""
    if found.phase == "closed":
        say("Its close is written with the next command, or by `svx-ledger tick`.")
