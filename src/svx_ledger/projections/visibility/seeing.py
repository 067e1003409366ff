"""Records and states as one viewer may see them now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.domain.kind import Event
from svx_ledger.domain.vocabulary import kind_of
from svx_ledger.eventlog.record import Recorded
from svx_ledger.projections.auction_rows import AuctionRow
from svx_ledger.projections.table import Rows

from .about import About
from .audiences import OVERSEERS
from .rules import ACCESS, BIDDING, PARTICIPATION, PUBLIC, RECOMMENDATION, SCORES
from .table import FIELDS, PARTS, RULES

HIDDEN: Final = "hidden"
"""Stands for the type of a hidden event and of its command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A recorded event as its viewer may see it now.

    Of a hidden one, what remains says that something happened on the stream, and when. Even
    its type is left out, for who counts rejected bids learns of them, and so are its actor
    (the bidder's organisation is in it) and the command's digest and the salt, against which
    a guessed bid could be checked. Where the stream alone would tell, it is left out too.
    """

    position: int
    stream: str | None
    version: int | None
    type: str
    recorded_at: datetime
    actor: Actor | None
    command_type: str
    command_id: str | None
    event: Event | None

    @property
    def withheld(self) -> bool:
        """Whether there is more to it that the viewer may not see now."""
        return self.event is None


def may_see(recorded: Recorded, rows: Rows, viewer: Actor | None = None) -> bool:
    """Whether a viewer, by default the public, may see an event; without a rule nobody may."""
    rule = RULES.get(type(recorded.event))
    about = About(rows, recorded.stream, recorded.event, recorded.position)
    return rule is not None and rule.allows(about, viewer)


def may_know(stream: str, viewer: Actor | None = None) -> bool:
    """Whether a viewer may be told of a stream of this name, should there be one.

    It goes by the name alone: whoever answers asks this before looking, so that not even the
    time that an answer takes tells whether there is one.
    """
    knows = _who_knows(stream)
    return knows is None or (viewer is not None and knows(stream, viewer))


@lru_cache(maxsize=4096)
def _who_knows(stream: str) -> Callable[[str, Actor], bool] | None:
    """Return who alone may know of a stream; None where everybody may."""
    try:
        kind = kind_of(stream)
    except LookupError:
        return None
    rules = (RULES.get(event) for event in kind.events)
    return next((rule.knows for rule in rules if rule is not None and rule.traceless), None)


def seen(recorded: Recorded, rows: Rows, viewer: Actor | None = None) -> Seen:
    """Return a recorded event with whatever is hidden from the viewer taken out."""
    shown = may_see(recorded, rows, viewer)
    rule = RULES.get(type(recorded.event))
    placed = shown or not (rule and rule.traceless)
    return Seen(
        position=recorded.position,
        stream=recorded.stream if placed else None,
        version=recorded.version if placed else None,
        type=recorded.type if shown else HIDDEN,
        recorded_at=recorded.recorded_at,
        actor=recorded.actor if shown else None,
        command_type=recorded.command.type if shown else HIDDEN,
        command_id=recorded.command.id if shown else None,
        event=_without_hidden_parts(recorded, rows, viewer) if shown else None,
    )


def parts_shown(recorded: Recorded, rows: Rows, viewer: Actor | None = None) -> bool:
    """Whether the viewer may see every field that an event of this type can have."""
    return not _hidden_parts(recorded, rows, viewer)


def _hidden_parts(recorded: Recorded, rows: Rows, viewer: Actor | None) -> list[str]:
    about = About(rows, recorded.stream, recorded.event, recorded.position)
    parts = PARTS.get(type(recorded.event), {})
    return [name for name, rule in parts.items() if not rule.allows(about, viewer)]


def _without_hidden_parts(recorded: Recorded, rows: Rows, viewer: Actor | None) -> Event:
    """Return an event that the viewer may see, without those of its fields that it may not."""
    hidden = _hidden_parts(recorded, rows, viewer)
    if not hidden:
        return recorded.event
    event: Any = recorded.event  # a dataclass, as every event is
    less: Event = replace(event, **dict.fromkeys(hidden))
    return less


def context_of(recorded: Recorded) -> str | None:
    """Return the stream whose rows decide who may see an event; None for what is public."""
    rule = RULES.get(type(recorded.event))
    if rule is None or rule is PUBLIC:
        return None
    return recorded.stream


def hidden_fields(
    stream: str, state: object, rows: Rows, viewer: Actor | None = None
) -> tuple[str, ...]:
    """Return the fields of a stream's state that the viewer may not see now."""
    about, rules = About(rows, stream), FIELDS.get(type(state), {})
    return tuple(name for name, rule in rules.items() if not rule.allows(about, viewer))


def bids_shown_to(rows: Rows, auction: AuctionRow, viewer: Actor | None) -> bool:
    """Whether the viewer may see all bids of an auction, whoever made them."""
    return BIDDING.allows(About(rows, auction.auction_id), viewer)


def scores_shown_to(rows: Rows, auction: AuctionRow, viewer: Actor | None) -> bool:
    """Whether the viewer may see the sealed scores of an auction."""
    return SCORES.allows(About(rows, auction.auction_id), viewer)


def recommendation_shown_to(rows: Rows, award_id: str, viewer: Actor | None) -> bool:
    """Whether the viewer may see whom an award is recommended to, before it is approved."""
    return RECOMMENDATION.allows(About(rows, award_id), viewer)


def access_shown_to(rows: Rows, access_id: str, viewer: Actor | None) -> bool:
    """Whether the viewer may see who may act for an organisation by this grant."""
    return ACCESS.allows(About(rows, access_id), viewer)


def access_shown_within(viewer: Actor | None) -> str | None:
    """Return the organisation of whose access alone a viewer may see any.

    None where it may be any organisation's; an empty name, which none has, where it is none's.
    """
    if viewer is not None and viewer.role in OVERSEERS:
        return None
    return (viewer and viewer.organisation) or ""


def participant_shown_to(
    rows: Rows, auction_id: str, supplier_id: str, viewer: Actor | None
) -> bool:
    """Whether the viewer may see that a supplier takes part: whoever sees its invitation."""
    invited = SupplierInvited(supplier_id=supplier_id)
    return PARTICIPATION.allows(About(rows, auction_id, invited), viewer)
