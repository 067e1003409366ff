"""Which streams it takes to read an auction: what it is about, came of it, and names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from svx_ledger.domain.auction.events import AuctionDrafted, AuctionRulesFrozen
from svx_ledger.domain.award.events import AssessmentRanked, award_key
from svx_ledger.domain.contract.events import contract_key
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.eventlog.as_it_was import AsItWas
from svx_ledger.eventlog.record import Recorded, Row, read_event, read_record

from .refusing import nothing_of

KINDS: Final = ("auction", "award")
"""What evidence can be about."""

_NAMED: Final = ("need-", "organisation-")


class Streams(Protocol):
    """What is read of a log here."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""

    def stream(self, name: str, after: int = 0) -> Iterator[Row]:
        """Stream one stream's records by version, those after version `after`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The streams of one auction: those that are there already.

    `ledger` is the stream that the ledger's first record opened.
    """

    ledger: str
    procurement: str
    auction: str
    award: str | None
    contract: str | None
    pledges: tuple[str, ...]

    @property
    def streams(self) -> tuple[str, ...]:
        """All of them."""
        came = (name for name in (self.award, self.contract) if name is not None)
        return (self.ledger, self.procurement, self.auction, *came, *self.pledges)


def family_of(log: AsItWas, kind: str, name: str) -> Family:
    """Return the streams of an auction, or of that which an award is of.

    Raises NoEvidence where there is none of this name; Unreadable.
    """
    own = next(iter(log.stream(name)), None)
    event = read_event(own) if own is not None else None
    auction = event.auction_id if isinstance(event, AssessmentRanked) else name
    expected = AssessmentRanked if kind == "award" else AuctionDrafted
    if own is None or not isinstance(event, expected):
        raise nothing_of(kind, name)
    procurement, needs = "", list[str]()
    for row in log.stream(auction):
        event = read_event(row)
        if isinstance(event, AuctionDrafted):
            procurement = event.procurement_id
        elif isinstance(event, AuctionRulesFrozen):
            needs = [need.need_id for need in event.needs]
    award = _holder(log, award_key(auction))
    contract = _holder(log, contract_key(award)) if award is not None else None
    pledges = [pledge_id_of(contract, need) for need in needs] if contract else []
    return Family(
        ledger=next(log.rows(limit=1)).stream,
        procurement=procurement,
        auction=auction,
        award=award,
        contract=contract,
        pledges=tuple(sorted(pledge for pledge in pledges if _begun(log, pledge))),
    )


def named_in(record: Any) -> Iterator[str]:
    """Give the needs and organisations that a record names, anywhere in it."""
    if isinstance(record, str):
        if record.startswith(_NAMED):
            yield record
    elif isinstance(record, dict):
        for value in record.values():
            yield from named_in(value)
    elif isinstance(record, list):
        for value in record:
            yield from named_in(value)


def records_of(log: Streams, stream: str) -> Iterator[tuple[Row, Recorded]]:
    """Read a stream, each record as it is stored and as it reads. Raises Unreadable."""
    for row in log.stream(stream):
        yield row, read_record(row)


def _holder(log: AsItWas, key: str) -> str | None:
    """The stream that took a key that is never freed, if it had begun."""
    stream = log.held(key).get(key)
    return stream if stream is not None and _begun(log, stream) else None


def _begun(log: AsItWas, stream: str) -> bool:
    return next(iter(log.stream(stream)), None) is not None
