"""What a rule is asked about, and from when on that is everybody's."""

from typing import NamedTuple

from svx_ledger.domain.kind import Event
from svx_ledger.projections.auction_rows import AUCTION, BID, EXCLUDED, PARTICIPANT, AuctionRow
from svx_ledger.projections.table import Rows

from .context import APPROVAL, OWNER
from .moments import bids_shown, scores_shown


class Told(NamedTuple):
    """What the rules ask of an event, where the event itself is not at hand (`entries`)."""

    supplier_id: str | None
    bid_no: int | None


class About(NamedTuple):
    """What a rule is asked about: an event of a stream, or what the stream has come to.

    Of that, `event` is None: it is seen by those who see all the events that it came from.
    """

    rows: Rows
    stream: str
    event: Event | Told | None = None
    position: int | None = None

    @property
    def auction_id(self) -> str:
        """The auction that it belongs to, where it does: no other stream asks for one."""
        return self.stream

    @property
    def auction(self) -> AuctionRow | None:
        """That auction, where it is known."""
        return self.rows.get(AUCTION, self.auction_id)

    @property
    def owner(self) -> str | None:
        """The organisation whose stream it is, where that is known."""
        owner = self.rows.get(OWNER, self.stream)
        return owner.organisation_id if owner else None

    @property
    def supplier(self) -> str | None:
        """The supplier that the event is about, where it is about one."""
        bid_no = getattr(self.event, "bid_no", None)
        named = getattr(self.event, "supplier_id", None)
        if named is None and bid_no is not None:  # an extension names the bid alone
            bid = self.rows.get(BID, self.stream, bid_no)
            return bid.supplier_id if bid else None
        return named


def at_once(about: About) -> bool:
    """Whether it is everybody's from the start: always."""
    del about
    return True


def never(about: About) -> bool:
    """Whether it is ever everybody's: at no time."""
    del about
    return False


def once_ranked(about: About) -> bool:
    """Whether the bids of its auction were ranked."""
    auction = about.auction
    return auction is not None and bids_shown(auction)


def once_disclosed(about: About) -> bool:
    """Whether the assessment of its auction was disclosed."""
    auction = about.auction
    return auction is not None and scores_shown(auction)


def once_excluded(about: About) -> bool:
    """Whether the bids are ranked and the supplier whose exclusion was asked for is out."""
    if about.supplier is None or not once_ranked(about):
        return False
    participant = about.rows.get(PARTICIPANT, about.stream, about.supplier)
    return participant is not None and participant.status == EXCLUDED


def once_voided(about: About) -> bool:
    """Whether its auction is void."""
    auction = about.auction
    return auction is not None and auction.phase == "voided"


def once_approved(about: About) -> bool:
    """Whether anything was approved on its stream since it was asked for.

    An approval shows for good what was asked before it, also what it was asked in place of.
    """
    known = about.rows.get(APPROVAL, about.stream)
    if known is None:
        return False
    return known.approved > (known.asked if about.position is None else about.position)
