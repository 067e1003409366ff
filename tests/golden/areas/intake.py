"""What was observed of procurement elsewhere. Everybody and everything in it is fictional."""

from datetime import UTC, date, datetime
from decimal import Decimal

from svx_ledger.domain.kind import Event
from svx_ledger.domain.observation.events import (
    NoticeRecorded,
    ProcurementObserved,
    PublishedAwardRecorded,
)
from svx_ledger.domain.observation.stated import (
    Source,
    Stated,
    StatedMoney,
    StatedParty,
    StatedTime,
)

STREAM = "procurement-0bserved"
SOURCE = Source(
    file="fenmarsh-notices.jsonl",
    pointer="line 3 /releases/0",
    release_sha256="5e" * 32,
    publisher=Stated(text="Fenmarsh Notices (fictional)"),
)
BUYER = StatedParty(
    name=Stated(text="Fenmarsh Borough Council (fictional)"), scheme="GB-LAE", id="DEMO-FEN"
)
RELEASED = StatedTime(
    text="2022-10-20T09:42:13+01:00", at=datetime(2022, 10, 20, 8, 42, 13, tzinfo=UTC)
)
EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        STREAM,
        "ObserveProcurement",
        ProcurementObserved(
            ocid="ocds-demo00-lamps-1",
            source=SOURCE,
            title=Stated(text="Lamps for the quay", published_sha256="a7" * 32),
            buyer=BUYER,
        ),
    ),
    (
        STREAM,
        "RecordNotice",
        NoticeRecorded(
            source=SOURCE,
            release_id="ocds-demo00-lamps-1-582356",
            tags=("award", "contract"),
            dated=RELEASED,
            title=Stated(text="Lamps for the quay"),
            buyer=BUYER,
            status="complete",
            value=StatedMoney(amount=Decimal("145017.8"), currency="GBP"),
            least_value=StatedMoney(amount=Decimal(0), currency="GBP"),
            deadline=StatedTime(text="16/10/2020"),
            starts=StatedTime(text="31 March 2014", on=date(2014, 3, 31)),
            ends=StatedTime(text="12 months"),
            awards=1,
        ),
    ),
    (
        STREAM,
        "RecordPublishedAward",
        PublishedAwardRecorded(
            award_id="ocds-demo00-lamps-1-1",
            source=SOURCE,
            suppliers=(
                StatedParty(name=Stated(text="Glimmerfold Lighting (fictional)")),
                StatedParty(scheme="GB-COH", id="DEMO-GLIMMER"),
            ),
            release_id="ocds-demo00-lamps-1-582356",
            released=RELEASED,
            title=Stated(text="Lamps and their posts"),
            status="active",
            value=StatedMoney(amount=Decimal("72508.805"), currency="GBP"),
            dated=StatedTime(text="2020-10-16", on=date(2020, 10, 16)),
        ),
    ),
)
