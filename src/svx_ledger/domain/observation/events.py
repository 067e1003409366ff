"""What was observed of procurement elsewhere."""

from dataclasses import dataclass

from svx_ledger.domain.kind import Claim, Event

from .stated import (
    AwardCount,
    Source,
    Stated,
    StatedCode,
    StatedMoney,
    StatedOcid,
    StatedParty,
    StatedTime,
    Suppliers,
    Tags,
)


def observed_key(ocid: str) -> str:
    """Return the unique claim that a procurement observed elsewhere is.

    Not the exchange's own key for an OCID: what somebody published about a procurement must
    never keep its authority from registering it.
    """
    return f"observed-ocid:{ocid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcurementObserved(Event):
    """A procurement that takes place elsewhere was seen in somebody's publication.

    Title and buyer are those of the release that was read first.
    """

    ocid: StatedOcid
    source: Source
    title: Stated | None = None
    buyer: StatedParty | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Take the OCID among those observed."""
        return (Claim(observed_key(self.ocid)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecorded(Event):
    """A release was published about the procurement: the facts of it that are kept here.

    `value` and `least_value` are the tender's, estimated or at least; `deadline` is for
    tenders, `starts` and `ends` of the contract; `awards` counts the awards that it states.
    """

    source: Source
    release_id: StatedCode | None = None
    tags: Tags = ()
    dated: StatedTime | None = None
    title: Stated | None = None
    buyer: StatedParty | None = None
    status: StatedCode | None = None
    value: StatedMoney | None = None
    least_value: StatedMoney | None = None
    deadline: StatedTime | None = None
    starts: StatedTime | None = None
    ends: StatedTime | None = None
    awards: AwardCount = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAwardRecorded(Event):
    """A release stated an award: an observation, never an award of this exchange.

    `released` is when the release is dated, `dated` when the award is. A later release may
    state the same award again, with other facts; both stay.
    """

    award_id: StatedCode
    source: Source
    suppliers: Suppliers
    release_id: StatedCode | None = None
    released: StatedTime | None = None
    title: Stated | None = None
    status: StatedCode | None = None
    value: StatedMoney | None = None
    dated: StatedTime | None = None


ObservationEvent = ProcurementObserved | NoticeRecorded | PublishedAwardRecorded
EVENTS: tuple[type[ObservationEvent], ...] = (
    ProcurementObserved,
    NoticeRecorded,
    PublishedAwardRecorded,
)
