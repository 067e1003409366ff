"""Through whose eyes a past moment is shown: as could be seen then, or as may be seen now.

Both are asked for. Who asks about a past auction sees of that moment what they may see *now*:
after the ranking everybody may know how the bids stood at noon. "What could this bidder see at
noon" is another question: there what may be seen is judged by the rows as they were *then*. An
auditor who has read the hidden amounts sees them in the past by the first; by the second only
from the position of that read on. Neither shows whoever asks more than they may see now.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Recorded
from svx_ledger.projections.auction_rows import AUCTION, AuctionRow
from svx_ledger.projections.table import Rows
from svx_ledger.projections.visibility import (
    Seen,
    bids_shown_to,
    hidden_fields,
    recommendation_shown_to,
    scores_shown_to,
    seen,
)


class Sight(NamedTuple):
    """Who asks (None: the public), and as whom, if as somebody: `as_party`.

    Without a party, what is shown is what the asker may see now. With one, it is what that
    party (None: the public) could see then, as far as the asker may see it now.
    """

    asker: Actor | None = None
    party: Actor | None = None
    as_party: bool = False


EVERYBODY = Sight()
"""What anybody may see now of the moment."""


def could_see(party: Actor | None, asker: Actor | None = None) -> Sight:
    """Return the sight of what a party could see then, for itself unless somebody else asks."""
    return Sight(asker or party, party, as_party=True)


class Look(NamedTuple):
    """One viewer, and the rows that say what that viewer may see."""

    viewer: Actor | None
    rows: Rows


Looks = tuple[Look, ...]
"""A thing is shown where each of the looks shows it."""


def looks(sight: Sight, *, then: Rows, now: Rows) -> Looks:
    """Return the looks that a sight takes, with the rows as they were and as they are."""
    asked = Look(sight.asker, now)
    return (Look(sight.party, then), asked) if sight.as_party else (asked,)


def seen_by(recorded: Recorded, eyes: Looks) -> Seen:
    """Return a recorded event with whatever any of the looks hides taken out."""
    shown = seen(recorded, eyes[0].rows, eyes[0].viewer)
    for look in eyes[1:]:
        if shown.event is not None:
            recorded = replace(recorded, event=shown.event)
            shown = seen(recorded, look.rows, look.viewer)
        elif shown.stream is not None and seen(recorded, look.rows, look.viewer).stream is None:
            shown = replace(shown, stream=None, version=None)
    return shown


def shown_to_all(recorded: Iterable[Recorded], now: Rows) -> bool:
    """Whether everybody may see these events now, with everything in them."""
    return all(seen(event, now).event == event.event for event in recorded)


def hidden_by(stream: str, state: object, eyes: Looks) -> tuple[str, ...]:
    """Return the fields of a state that any of the looks hides, in their order."""
    hidden = {
        name: None
        for look in eyes
        for name in hidden_fields(stream, state, look.rows, look.viewer)
    }
    return tuple(hidden)


def order_shown(auction: AuctionRow, eyes: Looks) -> bool:
    """Whether the looks may know how the bids of an auction stood to each other.

    Where totals rank, the order tells of the sealed scores: these must be shown as well.
    """
    return all(_order_shown(look, auction) for look in eyes)


def _order_shown(look: Look, auction: AuctionRow) -> bool:
    known = look.rows.get(AUCTION, auction.auction_id)
    if known is None or not bids_shown_to(look.rows, known, look.viewer):
        return False
    totals = auction.rank_on != "social-value"
    return not totals or scores_shown_to(look.rows, known, look.viewer)


def recommended_shown(award_id: str, eyes: Looks) -> bool:
    """Whether the looks may know whom an award was recommended to."""
    return all(recommendation_shown_to(look.rows, award_id, look.viewer) for look in eyes)
