"""Participations: in which auctions a supplier takes or took part, on a stream of its own.

One stream for each supplier that ever accepted an invitation, named after it. It stands apart
from the organisation's own stream, where everybody counts the events: a hidden one among public
ones would show as a gap in their versions. It is there for the rules alone; the auction's
stream says the same to those who may know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .form import AuctionId, OrganisationId
from .kind import Event, States, StreamKind

_OF: Final = "participations-"
_ORGANISATION: Final = "organisation-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationBegan(Event):
    """The supplier accepted an invitation: it competes for a contract of this authority."""

    auction_id: AuctionId
    authority_id: OrganisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Participations:
    """What a supplier takes part in: the authority of each auction, ended or not."""

    auctions: Mapping[str, str]


def participations_of(organisation_id: str) -> str:
    """Return the stream of an organisation's participations, whether or not it exists."""
    return _OF + organisation_id.removeprefix(_ORGANISATION)


def supplier_of(stream: str) -> str:
    """Return the organisation whose participations a stream holds."""
    return _ORGANISATION + stream.removeprefix(_OF)


def auctions_of(states: States, organisation_id: str, authority_id: str) -> tuple[str, ...]:
    """Return the auctions of an authority that an organisation takes or took part in.

    None for one that never took part in any, or whose participations are not read yet.
    """
    known = states.known(Participations, participations_of(organisation_id))
    began = known.auctions.items() if known else ()
    return tuple(auction for auction, authority in began if authority == authority_id)


def evolve(known: Participations | None, event: ParticipationBegan) -> Participations:
    """Fold one more fact into the participations."""
    before = known.auctions if known else {}
    return Participations(auctions={**before, event.auction_id: event.authority_id})


EVENTS: tuple[type[ParticipationBegan], ...] = (ParticipationBegan,)
KIND = StreamKind("participations", Participations, EVENTS, evolve)
