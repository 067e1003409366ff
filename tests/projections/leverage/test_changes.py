"""What takes value back out of a report, or shows it apart: each change and its boundary."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionUnsuccessful,
    AuctionVoided,
)
from svx_ledger.domain.auction.events import BidsRanked, RankedBid
from svx_ledger.domain.award.events import AssessmentRanked, AwardLapsed, AwardSetAside
from svx_ledger.domain.contract.ending import CompleteContract
from svx_ledger.domain.kind import Event
from svx_ledger.domain.pledge.defaulting import RecordDefault
from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute, WithdrawClaim
from svx_ledger.domain.pledge.releasing import ApproveWriteOff, ReleasePledge, RequestWriteOff
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.projections.leverage.delivery import REFERENCE
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope
from svx_ledger.projections.leverage.vocabulary import Stage
from tests.domain import rated
from tests.domain.cast import Past
from tests.domain.outcome import OPERATOR, World
from tests.domain.worked_example import CONTRACT, MANAGER
from tests.projections.deal import DELIVERED_AT, Deal, Quantities
from tests.projections.play import SECOND, Play

SMALL: Quantities = {"cash": 1_000}
RIVAL: Quantities = {"cash": 900}


def happened(play: Play, *events: tuple[str, Event]) -> None:
    """Put events on the log as they are, each a second after the last."""
    for stream, event in events:
        play.now += SECOND
        play._record(stream, event, OPERATOR, ("Example", 1, 1))


def report_of(play: Play, scope: Scope | None = None) -> LeverageReport:
    views = play.views()
    return leverage_report(
        views.tables, as_at=play.now, known_at=views.position, scope=scope or Scope()
    )


def pounds(play: Play) -> dict[Stage, str]:
    """Every stage, gross, in pounds."""
    report = report_of(play)
    stages: tuple[Stage, ...] = ("offered", "pledged", "awarded", "claimed", "confirmed")
    return {stage: f"{report.total(stage).amount:.0f}" for stage in stages}


def says(play: Play) -> list[tuple[str, str, int | None]]:
    return [(x.subject, x.says, x.value_pence) for x in report_of(play).exclusions]


def ranked(rival: Quantities | None = None) -> Deal:
    """A deal up to the ranking of its bids, with £10 spent."""
    deal = Deal(Play())
    deal.prepare()
    deal.spend(10)
    deal.draft()
    deal.bid(deal.winner, SMALL)
    if rival:
        deal.bid(deal.rival, rival)
    deal.close()
    return deal


def approved() -> Deal:
    deal = ranked()
    deal.disclose()
    deal.approve()
    return deal


def entered() -> Deal:
    deal = approved()
    deal.announce()
    deal.enter()
    return deal


def voided(deal: Deal) -> AuctionVoided:
    return AuctionVoided(
        request_no=1,
        ground="fault",
        reason="The wrong table (fictional)",
        approved_by="person-x",
        approving_organisation=deal.evaluator,
        procurement_id=deal.procurement,
        lot="1",
    )


def test_a_voided_auction_contributes_nothing_and_its_spend_stays() -> None:
    deal = ranked()
    before = pounds(deal.play)["offered"]
    happened(deal.play, (deal.auction, voided(deal)))
    report = report_of(deal.play)

    assert before == "1000"
    assert set(pounds(deal.play).values()) == {"0"}
    assert report.lines == ()
    assert report.denominators["D1"].pence == 1_000
    assert report.headline.amount == 0
    assert says(deal.play) == [
        (
            deal.auction,
            "voided: contributes nothing, and what was spent on it stays in D1 and D2",
            100_000,  # once offered: shown, never counted
        )
    ]


def test_a_cancelled_auction_stays_listed() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.spend(10)
    deal.draft()
    gone = AuctionCancelled(reason="Not needed", procurement_id=deal.procurement, lot="1")
    happened(deal.play, (deal.auction, gone))

    assert report_of(deal.play).denominators["D1"].pence == 1_000
    assert says(deal.play) == [
        (
            deal.auction,
            "cancelled: contributes nothing, and what was spent on it stays in D1 and D2",
            None,
        )
    ]


@pytest.mark.parametrize("bids", [True, False])
def test_an_unsuccessful_auction_pledges_nothing(*, bids: bool) -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    if bids:
        deal.bid(deal.winner, SMALL)
        deal.close()
    failed = AuctionUnsuccessful(reason="None fits", procurement_id=deal.procurement, lot="1")
    happened(deal.play, (deal.auction, failed))

    assert pounds(deal.play)["offered"] == ("1000" if bids else "0")
    assert says(deal.play) == [
        (deal.auction, "unsuccessful: offered, and never pledged", 100_000)
        if bids
        else (deal.auction, "unsuccessful: nothing was offered", None)
    ]


def test_before_its_end_an_auction_counted() -> None:
    deal = ranked()
    then = deal.play.now
    happened(deal.play, (deal.auction, voided(deal)))
    views = deal.play.views()
    earlier = leverage_report(views.tables, as_at=then, known_at=views.position)
    at_once = leverage_report(views.tables, as_at=deal.play.now, known_at=views.position)

    assert str(earlier.total("offered").amount) == "1000.00"
    assert at_once.total("offered").amount == 0


def test_after_an_exclusion_the_latest_ranking_counts() -> None:
    deal = ranked(rival=RIVAL)
    then = deal.play.now
    only = BidsRanked(
        ranking=(RankedBid(rank=1, supplier_id=deal.rival, bid_no=2, value_pence=90_000),)
    )
    before = pounds(deal.play)["offered"]
    happened(deal.play, (deal.auction, only))
    report = report_of(deal.play)
    views = deal.play.views()
    earlier = leverage_report(views.tables, as_at=then, known_at=views.position)

    assert (before, pounds(deal.play)["offered"]) == ("1900", "900")
    assert {line.supplier_id for line in report.lines} == {deal.rival}
    assert str(earlier.total("offered").amount) == "1900.00"


def assessed_again(deal: Deal) -> AssessmentRanked:
    return AssessmentRanked(
        auction_id=deal.auction,
        cause="auction-closed",
        procurement_id=deal.procurement,
        lot="1",
        authority_id=deal.authority,
        ranking=(),
    )


UNDONE = ["ranked-again", "lapsed", "set-aside"]


@pytest.mark.parametrize("how", UNDONE)
def test_only_an_approval_in_force_pledges(how: str) -> None:
    deal = approved()
    then = deal.play.now
    undone: dict[str, Event] = {
        "ranked-again": assessed_again(deal),
        "lapsed": AwardLapsed(reason="Nobody signed", lapsed_by="person-x"),
        "set-aside": AwardSetAside(court_ref="C-1", order_ref="O-1", recorded_by="person-x"),
    }
    before = pounds(deal.play)["pledged"]
    happened(deal.play, (deal.award, undone[how]))
    views = deal.play.views()
    earlier = leverage_report(views.tables, as_at=then, known_at=views.position)
    first_day = Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2))

    assert (before, pounds(deal.play)["pledged"]) == ("1000", "0")
    assert says(deal.play) == [
        (deal.auction, "no approved award: offered, not pledged", 100_000)
    ]
    assert str(earlier.total("pledged").amount) == "1000.00"
    assert report_of(deal.play, first_day).lines == ()


def test_an_approval_after_another_ranking_pledges_again() -> None:
    deal = approved()
    first = next(row for row in deal.play.log if row.type == "award-approved.v1")
    happened(deal.play, (deal.award, assessed_again(deal)))
    row = deal.play.world.streams[deal.award]
    approval = getattr(row, "approved", None)
    assert approval is not None
    happened(deal.play, (deal.award, approval))
    (line,) = report_of(deal.play).lines

    assert str(report_of(deal.play).total("pledged").amount) == "1000.00"
    assert line.stages["pledged"].positions == (len(deal.play.log),)
    assert first.position not in line.stages["pledged"].positions


def test_a_withdrawn_claim_is_claimed_no_longer() -> None:
    deal = entered()
    deal.deliver("cash", 600)
    deal.deliver("cash", 300, 300)
    withdraw = WithdrawClaim(pledge_id=deal.pledge("cash"), claim_no=1, reason="Twice")
    deal.play.do(withdraw, deal.bidder(deal.winner))

    assert pounds(deal.play)["claimed"] == "300"
    assert pounds(deal.play)["confirmed"] == "300"


def test_what_is_disputed_is_shown_apart_until_it_is_resolved() -> None:
    deal = entered()
    pledge = deal.pledge("cash")
    deal.deliver("cash", 600)
    dispute = DisputeDelivery(pledge_id=pledge, claim_no=1, reason="Never came")
    deal.play.do(dispute, deal.lead)
    during, remarks = pounds(deal.play), report_of(deal.play).exclusions
    resolve = ResolveDispute(
        pledge_id=pledge, claim_no=1, quantity=Decimal(250), reason="A part did"
    )
    deal.play.do(resolve, deal.person("authority.contract_manager"))

    assert (during["claimed"], during["confirmed"]) == ("600", "0")
    assert [(x.subject, x.says, x.value_pence) for x in remarks] == [
        (f"{pledge} (cash)", "disputed and not resolved: claimed, not confirmed", 60_000)
    ]
    assert [deal.play.log[p - 1].type for p in remarks[0].positions] == ["delivery-disputed.v1"]
    assert pounds(deal.play)["claimed"] == "600"
    assert pounds(deal.play)["confirmed"] == "250"
    assert says(deal.play) == []


def test_a_disputed_claim_that_is_withdrawn_is_disputed_no_longer() -> None:
    deal = entered()
    pledge = deal.pledge("cash")
    deal.deliver("cash", 600)
    deal.play.do(DisputeDelivery(pledge_id=pledge, claim_no=1, reason="Never"), deal.lead)
    withdraw = WithdrawClaim(pledge_id=pledge, claim_no=1, reason="True")
    deal.play.do(withdraw, deal.bidder(deal.winner))

    assert pounds(deal.play)["claimed"] == "0"
    assert says(deal.play) == []


def test_what_is_released_is_awarded_no_longer() -> None:
    deal = entered()
    deal.deliver("cash", 400, 400)
    release = ReleasePledge(pledge_id=deal.pledge("cash"), reason="Closed")
    deal.play.do(release, deal.buyer)
    report = report_of(deal.play)
    (line,) = report.lines
    types = [deal.play.log[p - 1].type for p in line.stages["awarded"].positions]

    assert pounds(deal.play) == {
        "offered": "1000",
        "pledged": "1000",
        "awarded": "400",
        "claimed": "400",
        "confirmed": "400",
    }
    assert types == ["pledge-committed.v1", "pledge-released.v1"]
    assert str(report.delivery_rate.amount) == "1.0000"


def test_what_is_written_off_is_awarded_no_longer() -> None:
    deal = entered()
    deal.deliver("cash", 400, 400)
    pledge, approver = deal.pledge("cash"), deal.person("authority.approver")
    late = deal.play.now + timedelta(days=365)
    default = RecordDefault(pledge_id=pledge, reason="Late", as_of=late.date())
    deal.play.do(default, deal.buyer, late)
    deal.play.do(RequestWriteOff(pledge_id=pledge, reason="Gone"), deal.buyer)
    before = pounds(deal.play)["awarded"]
    deal.play.do(ApproveWriteOff(pledge_id=pledge, request_no=1), approver)

    assert (before, pounds(deal.play)["awarded"]) == ("1000", "400")


def test_the_end_of_a_contract_leaves_what_was_confirmed_and_what_is_undecided() -> None:
    deal = entered()
    deal.deliver("cash", 400, 400)
    deal.deliver("cash", 100)
    deal.play.do(CompleteContract(contract_id=deal.contract, reason="Early"), deal.buyer)

    assert pounds(deal.play)["awarded"] == pounds(deal.play)["claimed"] == "500"
    assert pounds(deal.play)["confirmed"] == "400"


def play_of(past: Past) -> Play:
    """The log of a history, an event a second."""
    play = Play()
    happened(play, *past)
    return play


def hours(past: Past) -> dict[str, str]:
    """The stages of the rate pledge, in hours."""
    report = report_of(play_of(past))
    line = next(x for x in report.lines if x.pledge and x.pledge.pledge_id == rated.RATED)
    assert line.pledge is not None
    assert line.pledge.rated
    stages: tuple[Stage, ...] = (
        "pledged",
        "awarded",
    )  # what was offered is the bid of the example, unrated
    return {stage: f"{line.stages[stage].quantity.normalize():f}" for stage in stages}


def test_a_rate_pledge_is_awarded_as_it_materialises() -> None:
    assert hours(rated.ENTERED) == {"pledged": "20000", "awarded": "0"}
    assert hours(rated.invoiced(100_000_000))["awarded"] == "1000"
    assert hours(rated.invoiced(100_000_000, 50_000_000))["awarded"] == "1500"
    assert hours(rated.invoiced(9_000_000_000))["awarded"] == "60000"


def references(past: Past) -> list[str]:
    rows = play_of(past).views().tables.all(REFERENCE)
    assert {row.pledge_id for row in rows} <= {rated.RATED}
    return [f"{row.quantity.normalize():f}" for row in rows]


def test_the_reference_of_a_rate_pledge_is_kept_beside_it() -> None:
    world = World(rated.invoiced(100_000_000))
    ended = world.execute(
        CompleteContract(contract_id=CONTRACT, reason="Early"), MANAGER, DELIVERED_AT
    )
    assert isinstance(ended, list)

    assert references(rated.ENTERED) == ["20000"]
    assert references(rated.invoiced(100_000_000)) == ["20000"]
    assert references([*rated.invoiced(100_000_000), *ended]) == ["20000", "0"]


def test_as_at_any_time_is_as_the_log_had_it_then() -> None:
    """Whatever was undone since: each moment is told from the whole log as it was then."""
    deal = entered()
    pledge = deal.pledge("cash")
    deal.deliver("cash", 600)
    deal.play.do(DisputeDelivery(pledge_id=pledge, claim_no=1, reason="Never"), deal.lead)
    manager = deal.person("authority.contract_manager")
    resolve = ResolveDispute(pledge_id=pledge, claim_no=1, quantity=Decimal(5), reason="x")
    deal.play.do(resolve, manager)
    deal.play.do(ReleasePledge(pledge_id=pledge, reason="Closed"), deal.buyer)
    whole = deal.play.views()
    seen: list[str] = []
    for row in deal.play.rows():
        as_at = recorded_at(row.record)
        report = leverage_report(whole.tables, as_at=as_at, known_at=whole.position)
        seen.append(f"{report.total('awarded').amount:.0f}")

    assert list(dict.fromkeys(seen)) == ["0", "1000", "5"]
