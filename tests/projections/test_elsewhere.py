"""What was decided elsewhere, as people read it (everybody is fictional)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.observation.observing import (
    ObserveProcurement,
    RecordNotice,
    RecordPublishedAward,
)
from svx_ledger.domain.observation.stated import (
    Source,
    Stated,
    StatedMoney,
    StatedParty,
    StatedTime,
)
from svx_ledger.projections.elsewhere import (
    NOTICE,
    OBSERVED,
    NoticeRow,
    ObservedRow,
    PublishedSupplierRow,
    elsewhere,
    totals,
)
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.register import register
from tests.domain.outcome import NOON

from .play import Play

OPERATOR = Actor(id="person-operator", role="operator")
STREAM = "procurement-0bserved"
SOURCE = Source(file="notices.json", pointer="/releases/0", release_sha256="5e" * 32)
RELEASED = StatedTime(
    text="2022-10-20T09:42:13Z", at=datetime(2022, 10, 20, 9, 42, 13, tzinfo=UTC)
)
EARLIER = StatedTime(text="2022-10-19T09:00:00Z", at=datetime(2022, 10, 19, 9, tzinfo=UTC))
OBSERVE = ObserveProcurement(
    procurement_id=STREAM,
    ocid="ocds-demo00-lamps",
    source=SOURCE,
    title=Stated(text="Lamps for the quay"),
    buyer=StatedParty(scheme="GB-LAE", id="FEN"),
)
NOTICE_OF = RecordNotice(
    procurement_id=STREAM,
    source=SOURCE,
    release_id="lamps-1",
    tags=("award", "contract"),
    dated=RELEASED,
    value=StatedMoney(amount=Decimal(80_000), currency="GBP"),
)
AWARD = RecordPublishedAward(
    procurement_id=STREAM,
    award_id="lamps-1-1",
    source=SOURCE,
    suppliers=(
        StatedParty(name=Stated(text="Glimmerfold (fictional)")),
        StatedParty(scheme="GB-COH", id="DEMO"),
    ),
    release_id="lamps-1",
    released=RELEASED,
    status="active",
    value=StatedMoney(amount=Decimal("72508.8"), currency="GBP"),
    dated=StatedTime(text="12 months"),
)
OLDER = replace(
    AWARD,
    source=replace(SOURCE, release_sha256="6f" * 32, pointer="/releases/1"),
    released=EARLIER,
    suppliers=(),
    value=StatedMoney(amount=Decimal(1), currency="GBP"),
)


def test_a_published_award_is_shown_once_as_released_last() -> None:
    play = Play()
    for command in (OBSERVE, NOTICE_OF, AWARD, OLDER):
        play.do(command, OPERATOR)
    tables = play.views().tables
    (award,) = elsewhere(tables)
    sums = totals(tables)

    assert award.decided == "elsewhere"
    assert (award.ocid, award.award_id, award.statements) == (
        "ocds-demo00-lamps",
        "lamps-1-1",
        2,
    )
    assert (award.procurement, award.buyer) == ("Lamps for the quay", "GB-LAE FEN")
    assert (award.value_pence, award.amount, award.currency) == (
        7_250_880,
        Decimal("72508.8"),
        "GBP",
    )
    assert award.suppliers == (
        PublishedSupplierRow(STREAM, award.position, 1, "Glimmerfold (fictional)", None, None),
        PublishedSupplierRow(STREAM, award.position, 2, None, "GB-COH", "DEMO"),
    )
    assert (award.dated, award.source) == ("12 months", "notices.json /releases/0")
    assert (sums.statements, sums.statements_pence) == (2, 7_250_980)
    assert (sums.merged, sums.merged_pence) == (1, 7_250_880)


def test_what_was_observed_and_announced_is_kept_as_stated() -> None:
    play = Play()
    play.do(OBSERVE, OPERATOR)
    play.do(NOTICE_OF, OPERATOR)
    tables = play.views().tables
    (notice,) = tables.all(NOTICE)

    assert tables.all(OBSERVED) == [
        ObservedRow(STREAM, "ocds-demo00-lamps", "Lamps for the quay", "GB-LAE FEN")
    ]
    assert notice == NoticeRow(
        procurement_id=STREAM,
        position=notice.position,
        release_id="lamps-1",
        released="2022-10-20T09:42:13Z",
        released_at=RELEASED.at,
        tags="award, contract",
        title=None,
        status=None,
        amount=Decimal(80_000),
        currency="GBP",
        file="notices.json",
        pointer="/releases/0",
        release_sha256=SOURCE.release_sha256,
    )


def test_it_is_no_award_of_the_exchange_and_in_no_leverage_figure() -> None:
    play = Play()
    before = play.views()
    figures = [
        figure.amount
        for figure in leverage_report(
            before.tables, as_at=NOON, known_at=before.position
        ).figures()
    ]
    for command in (OBSERVE, NOTICE_OF, AWARD):
        play.do(command, OPERATOR)
    after = play.views()
    report = leverage_report(after.tables, as_at=NOON, known_at=after.position)

    assert register(after.tables) == ()
    assert [figure.amount for figure in report.figures()] == figures
