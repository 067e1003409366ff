"""What a replay is asked for: which moment, through whose eyes, and which way to go."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from svx_ledger.cli import times
from svx_ledger.cli.session import Session, Usage, read_actor

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.projections.replay import Moment, Sight
    from svx_ledger.projections.replay.moments import Log

At = Annotated[
    str | None,
    typer.Option(
        "--at", metavar="TIME|DATE", help="As at an instant: what was recorded by then."
    ),
]
Position = Annotated[
    int | None,
    typer.Option("--position", metavar="N", help="As known at this position of the log."),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="ROLE:ORG/PERSON|public|SUPPLIER",
        help="As this party could see it then; else as whoever asks may see it now.",
    ),
]
Diff = Annotated[
    str | None,
    typer.Option(
        "--diff", metavar="FROM..TO", help="What changed in between; from N on for just N."
    ),
]
Steps = Annotated[
    bool, typer.Option("--step", help="Every event up to then, and what changed.")
]
Next = Annotated[
    str | None,
    typer.Option("--next", metavar="KIND", help="Go on to an event, or a change of a field."),
]
Previous = Annotated[
    str | None, typer.Option("--previous", metavar="KIND", help="Go back to the one before.")
]


class Wanted(NamedTuple):
    """What is asked for: a moment, or the way between two, or the next of a `kind`."""

    at: datetime | None
    position: int | None
    since: int | None
    step: bool
    kind: str | None
    forwards: bool

    def moments(self, log: "Log") -> "tuple[Moment | None, Moment]":
        """Return where a difference begins, if one is asked for, and the moment meant.

        Raises NoSuchMoment, and Usage for a difference that goes backwards.
        """
        from svx_ledger.projections.replay import moment

        when = moment(log, at=self.at, position=self.position)
        if self.since is not None and self.since > when.position:
            raise Usage(f"--diff goes forwards: {self.since} comes after {when.position}.")
        since = moment(log, position=self.since) if self.since else None
        return since, when

    def beginning(self, when: "Moment") -> int:
        """Return from which position on to look for a kind; without any, the whole way."""
        if self.at is not None or self.position is not None:
            return when.position
        return 0 if self.forwards else when.position + 1


def wanted(
    at: str | None,
    position: int | None,
    diff: str | None = None,
    *,
    step: bool = False,
    following: str | None = None,
    previous: str | None = None,
) -> Wanted:
    """Read what is asked for. Raises Usage where that makes no sense together."""
    if at is not None and position is not None:
        raise Usage("Say --at or --position: an instant stands for a position.")
    if bool(following) + bool(previous) + (bool(diff) or step) > 1:
        raise Usage("Of --next, --previous and --diff or --step, say one.")
    since, until = _between(diff) if diff else (None, None)
    if until is not None and (at is not None or position is not None):
        raise Usage("--diff FROM..TO says where it ends: leave --at and --position out.")
    return Wanted(
        at=times.begun("--at", at) if at is not None else None,
        position=position if until is None else until,
        since=since,
        step=step,
        kind=following or previous,
        forwards=previous is None,
    )


def sight_of(session: Session, party: str | None) -> "Sight":
    """Return through whose eyes it is shown. Raises Usage, Malformed.

    A party given in full looks for itself unless `--actor` says who asks. A supplier given by
    its name is shown to those who may see that now.
    """
    from svx_ledger.cli.views import viewer_of
    from svx_ledger.projections.replay import Sight, could_see

    asker = viewer_of(session)
    if party is None:
        return Sight(asker)
    if party == "public":
        return could_see(None, asker)
    if ":" in party:
        return could_see(read_actor(party), asker)
    return Sight(asker, _bidder(party), as_party=True)


def _bidder(supplier: str) -> "Actor":
    """Return somebody who bids for a supplier. Raises Malformed."""
    return read_actor(f"supplier.bidder:{supplier}/person-of-supplier")


def _between(text: str) -> tuple[int, int | None]:
    first, dots, last = text.partition("..")
    try:
        since, until = int(first), int(last) if dots else None
    except ValueError:
        raise Usage("--diff reads FROM..TO or FROM, positions of the log.") from None
    if since < 0:
        raise Usage("--diff begins at a position, or at 0 for before the first.")
    return since, until
