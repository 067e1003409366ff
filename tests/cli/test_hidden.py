"""What a bid would give away stays out of every answer while its auction is open."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.api.problems import problem_of
from svx_ledger.cli.failing import Exit
from svx_ledger.cli.session import read_actor
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.closing import DiscloseAssessment
from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.auction.inviting import InviteSupplier
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import RecommendAward
from svx_ledger.domain.ending import CancelAuction, DeclareUnsuccessful
from svx_ledger.domain.exclusion import RequestExclusion
from svx_ledger.domain.kind import Command
from svx_ledger.domain.participations import participations_of
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.ledger import Sequenced, SimulatedClock
from tests.projections.deal import CLOSES_AT, OPENS_AT, Deal

from .conftest import Example, Run, Said, played

LATE = CLOSES_AT - timedelta(seconds=30)
AMOUNTS = {"first": 1_234_567, "too-little": 1_234_568, "late": 2_345_678}
BIDS = tuple(AMOUNTS)


def to_the_opening(deal: Deal) -> None:
    """Up to an open auction without a bid."""
    deal.prepare()
    deal.draft()


def bid(example: Example, name: str) -> list[str]:
    """Bid by a person and under a command id of its own; return the types of its events."""
    deal, at = example.deal, LATE if name == "late" else OPENS_AT + timedelta(minutes=1)
    line = BidLine(need_id=deal.need("cash"), unit="£", quantity=Decimal(AMOUNTS[name]))
    command = SubmitBid(auction_id=deal.auction, supplier_id=deal.winner, lines=(line,))
    actor = replace(deal.bidder(deal.winner), id=f"person-canary-{name}")
    with open_ledger(example.url, clock=SimulatedClock(at)) as ledger:
        answer = ledger.execute(command, actor, f"command-canary-{name}")
    assert isinstance(answer, Sequenced)
    return [type(event).__name__ for _, event in answer.events]


def asked(svx: Run, example: Example) -> dict[tuple[str, ...], Said]:
    """Every answer about the auction that anybody gets, as text and as JSON."""
    auction = example.deal.auction
    lines = [
        ("events",),
        ("events", "--stream", auction),
        ("show", auction),
        ("auction", "board"),
        ("auction", "board", auction),
    ]
    return {
        (*line, *form): svx(*line, *form, "--ledger", example.url)
        for line in lines
        for form in ((), ("--json",))
    }


def test_an_open_auction_tells_nothing_of_its_bids(svx: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    example = Example(url, played(url, to_the_opening))
    before = asked(svx, example)
    led_to = [bid(example, name) for name in BIDS]
    after = asked(svx, example)
    canaries = ["canary", "SubmitBid", "bid-below-increment"]
    canaries += [f"{value:{form}}" for value in AMOUNTS.values() for form in ("d", ",")]
    leaks = {
        (line, canary)
        for line, said in after.items()
        for canary in canaries
        if canary in said.out + said.err
    }
    bidder = example.deal.winner

    assert led_to == [["BidAccepted"], ["BidRejected"], ["BidAccepted", "AuctionExtended"]]
    assert {said.code for said in after.values()} == {Exit.DONE}
    assert leaks == set()
    for line, said in after.items():  # an invited bidder is named, and no more for its bids
        assert said.out.count(bidder) == before[line].out.count(bidder)
    closes_at = svx("auction", "board", example.deal.auction, "--ledger", url).out
    assert f"closes_at: {LATE + timedelta(seconds=240):%Y-%m-%d %H:%M:%S}Z" in closes_at


def people(deal: Deal) -> dict[str, str]:
    """Everybody who looks on, as the program is told; a person each, none that acted."""
    return {
        "authority": f"authority.buyer:{deal.authority}/person-eye",
        "approver": f"authority.approver:{deal.authority}/person-eye",
        "observer": f"authority.observer:{deal.authority}/person-eye",
        "rival": f"supplier.bidder:{deal.rival}/person-eye",
        "community": f"community.lead:{deal.community}/person-eye",
        "evaluator": f"evaluator:{deal.evaluator}/person-eye",
        "operator": "operator:/person-eye",
        "auditor": "auditor:organisation-audit/person-eye",
        "public": "public:/person-eye",
    }


def looks(deal: Deal) -> list[tuple[str, ...]]:
    """Every verb that reads."""
    return [
        ("events", "--json"),
        ("events", "--stream", deal.auction),
        ("show", deal.auction, "--json"),
        ("show", deal.winner, "--json"),
        ("show", deal.procurement, "--json"),
        ("auction", "board"),
        ("auction", "board", deal.auction, "--json"),
        ("auction", "board", deal.auction, "--as", deal.winner, "--json"),
        ("report", "awards", "--json"),
        ("report", "leverage", "--json"),
        ("report", "trail", "--limit", "1000", "--csv"),
        ("report", "trail", "--organisation", deal.winner, "--json"),
        ("report", "trail", "--thing", deal.winner),
        ("report", "trail", "--type", "bid-accepted.v1"),
        ("report", "timeline", deal.auction, "--json"),
        ("report", "organisation", deal.winner, "--json"),
        ("report", "requests", "--json"),
        ("report", "awards", "--facets", "--json"),
        ("report", "awards", "--supplier", deal.winner, "--json"),
    ]


def acts(deal: Deal) -> list[Command]:
    """Acts in the auction that come at the wrong time, or that are another's."""
    auction, why = deal.auction, "Looking (fictional)"
    line = BidLine(need_id=deal.need("cash"), unit="£", quantity=Decimal(5))
    return [
        ReadHiddenAmounts(auction_id=auction, purpose=why),
        CancelAuction(auction_id=auction, reason=why),
        DeclareUnsuccessful(auction_id=auction, reason=why),
        DiscloseAssessment(auction_id=auction),
        InviteSupplier(auction_id=auction, supplier_id=deal.winner),
        WithdrawBid(auction_id=auction, supplier_id=deal.winner, reason=why),
        SubmitBid(auction_id=auction, supplier_id=deal.winner, lines=(line,)),
        RankAssessment(award_id=deal.award, auction_id=auction, cause="auction-closed"),
        RequestExclusion(
            auction_id=auction, supplier_id=deal.community, ground="connected", reason=why
        ),
    ]


def refusals(example: Example) -> dict[tuple[str, str], str]:
    """What everybody is told who tries those acts, the bid under the bidder's own id."""
    told = {}
    with open_ledger(example.url, clock=SimulatedClock(LATE + timedelta(seconds=1))) as ledger:
        for who, named in people(example.deal).items():
            for command in acts(example.deal):
                given = "command-canary-first" if isinstance(command, SubmitBid) else None
                answer = ledger.execute(command, read_actor(named), given)
                assert isinstance(answer, Refusal), (who, command)
                problem = problem_of(answer, None)
                assert problem is not None
                told[who, type(command).__name__] = json.dumps(problem.plain())
    return told


AMOUNT_CANARIES = tuple(
    text
    for value in AMOUNTS.values()
    for text in (f"{value}", f"{value:,}", f"{100 * value}", f"{100 * value:,}")
)


def test_nobody_but_its_bidder_reads_a_bid_before_the_close(
    svx: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    example = Example(url, played(url, to_the_opening))
    deal = example.deal
    for name in BIDS:
        bid(example, name)
    caplog.set_level(0)
    canaries = (
        *AMOUNT_CANARIES,
        "canary",
        "SubmitBid",
        "bid-below-increment",
        "bid-accepted.v1",
    )
    said = {
        (who, line): svx(*line, "--ledger", url, "--actor", actor)
        for who, actor in people(deal).items()
        for line in looks(deal)
    }
    leaks = {
        (*asked, canary)
        for asked, ran in said.items()
        for canary in canaries
        if canary in ran.out + ran.err
    }
    refused = refusals(example)

    assert {ran.code for (_, line), ran in said.items() if "--as" not in line} == {Exit.DONE}
    assert leaks == set()
    assert len(set(refused.values())) > len(acts(deal))
    assert not [
        (how, canary) for how, text in refused.items() for canary in canaries if canary in text
    ]
    assert not [canary for canary in canaries if canary in caplog.text]


def test_a_bidder_reads_its_own_bids_and_nobody_else_s(svx: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    example = Example(url, played(url, to_the_opening))
    deal = example.deal
    for name in BIDS:
        bid(example, name)
    own = ("--ledger", url, "--actor", f"supplier.bidder:{deal.winner}/person-eye")
    told = svx("events", "--stream", deal.auction, "--json", *own).lines
    types = [event["type"] for event in told if event["command_type"] == "SubmitBid"]
    shown = svx("show", deal.auction, "--json", *own).json
    text = svx("events", "--stream", deal.auction, *own).out

    assert types == [
        "bid-accepted.v1",
        "bid-rejected.v1",
        "bid-accepted.v1",
        "auction-extended.v1",
    ]
    assert f"£{AMOUNTS['late']:,}.00" in text
    assert {"standing", "bids", "participants", "scores"} <= set(shown["withheld"])
    assert shown["state"].keys().isdisjoint(shown["withheld"])


def test_who_takes_part_is_told_to_the_authority_and_to_each_of_itself(
    svx: Run, bidding: Example
) -> None:
    deal = bidding.deal
    suppliers = {deal.winner, deal.rival}
    lines = [
        ("events", "--stream", deal.auction, "--json"),
        ("show", deal.auction, "--json"),
        ("auction", "board", deal.auction, "--json"),
        ("auction", "board", deal.auction),
    ]
    named = {
        who: {
            supplier
            for line in lines
            for supplier in suppliers
            if supplier in svx(*line, "--ledger", bidding.url, "--actor", actor).out
        }
        for who, actor in people(deal).items()
    }
    nobody: dict[str, set[str]] = {who: set() for who in people(deal)}

    assert named == nobody | {
        "authority": suppliers,
        "approver": suppliers,
        "rival": {deal.rival},
    }


def test_a_supplier_s_own_stream_does_not_tell_that_it_competes(
    svx: Run, bidding: Example
) -> None:
    deal, ledger = bidding.deal, ("--ledger", bidding.url)
    own = ("--actor", f"supplier.bidder:{deal.winner}/person-eye")
    shown = svx("show", deal.winner, "--json", *ledger).json
    of_own = svx("show", deal.winner, "--json", *ledger, *own).json
    told = svx("events", "--stream", deal.winner, "--json", *ledger).lines
    text = svx("events", *ledger).out.splitlines()
    without = [
        event for event in svx("events", "--json", *ledger).lines if "stream" not in event
    ]

    assert shown == of_own
    assert (shown["version"], shown["withheld"]) == (2, [])
    assert [event["version"] for event in told] == [1, 2]
    assert len(without) == 2
    assert all(
        event.keys() == {"position", "type", "recorded_at", "command_type", "withheld"}
        for event in without
    )
    assert sum("  hidden  Something that is hidden for now." in line for line in text) == 2


def test_what_a_supplier_takes_part_in_is_unknown_to_others_as_if_it_were_in_nothing(
    svx: Run, bidding: Example
) -> None:
    deal, ledger = bidding.deal, ("--ledger", bidding.url)
    stream, nowhere = participations_of(deal.winner), "participations-nowhere"
    asks = (
        ("show", "{}"),
        ("show", "{}", "--json"),
        ("events", "--stream", "{}"),
        ("events", "--stream", "{}", "--after", "1", "--json"),
        ("replay", "stream", "{}"),
        ("replay", "stream", "{}", "--position", "1"),
        ("replay", "stream", "{}", "--step"),
        ("replay", "auction", "{}"),
        ("audit", "{}"),
        ("report", "trail", "--thing", "{}", "--json"),
    )
    for who, actor in people(deal).items():
        for ask in asks:
            here, there = (
                svx(*(part.format(name) for part in ask), "--actor", actor, *ledger)
                for name in (stream, nowhere)
            )
            said = (here.code, here.out, here.err.replace(stream, nowhere))
            assert said == (there.code, there.out, there.err), (who, ask)
    own = ("--actor", f"supplier.bidder:{deal.winner}/person-eye")
    shown = svx("show", stream, "--json", *ledger, *own).json

    assert shown["state"] == {"auctions": {deal.auction: deal.authority}}
    assert [event["type"] for event in shown["events"]] == ["participation-began.v1"]
    assert svx("audit", stream, *ledger, *own).code == 0


def test_an_auditor_who_read_what_was_voided_reads_it_and_no_other_does(
    svx: Run, tmp_path: Path
) -> None:
    reader = Actor(id="person-reader", role="auditor", organisation="organisation-audit")

    def scenes(deal: Deal) -> None:
        to_the_opening(deal)
        deal.bid(deal.winner, {"cash": AMOUNTS["first"]})
        request = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
        deal.play.do(request, deal.buyer)
        approve = ApproveVoid(auction_id=deal.auction, request_no=2)
        deal.play.do(approve, replace(reader, id="person-second"))
        read = ReadHiddenAmounts(auction_id=deal.auction, purpose="A complaint (fictional)")
        deal.play.do(read, reader)

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    deal = played(url, scenes)
    line = ("events", "--stream", deal.auction, "--ledger", url, "--actor")
    told = {
        person: svx(*line, f"auditor:organisation-audit/{person}").out
        for person in ("person-reader", "person-second")
    }
    amount = f"£{AMOUNTS['first']:,}.00"

    assert {person: amount in text for person, text in told.items()} == {
        "person-reader": True,
        "person-second": False,
    }
    assert amount not in svx("events", "--ledger", url).out


def test_a_recommendation_that_nobody_approved_is_not_told(svx: Run, tmp_path: Path) -> None:
    def scenes(deal: Deal) -> None:
        to_the_opening(deal)
        deal.bid(deal.winner, {"cash": 10})
        deal.close()
        deal.disclose()
        ranked = RankAssessment(
            award_id=deal.award, auction_id=deal.auction, cause="auction-closed"
        )
        deal.play.do(ranked, deal.buyer)
        proposed = RecommendAward(award_id=deal.award, supplier_id=deal.winner, grounds=())
        deal.play.do(proposed, deal.person("authority.assessor"))

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    deal = played(url, scenes)
    own = ("--actor", f"authority.buyer:{deal.authority}/person-eye", "--ledger", url)
    shown = svx("show", deal.award, "--json", "--ledger", url).json
    of_own = svx("show", deal.award, "--json", *own).json
    (award,) = svx("report", "awards", "--json", "--ledger", url).lines
    (award_of_own,) = svx("report", "awards", "--json", *own).lines

    assert (shown["state"]["phase"], shown["withheld"]) == ("assessed", ["recommended"])
    assert of_own["state"]["phase"] == "recommended"
    assert "recommended" not in award["award"]
    assert award["award"]["phase"] == "assessed"
    assert award_of_own["award"]["recommended"] == deal.winner


def test_a_ranked_auction_tells_all_of_it(svx: Run, example: Example) -> None:
    told = svx("events", "--stream", example.deal.auction, "--json", "--ledger", example.url)
    bids = [event for event in told.lines if event["command_type"] == "SubmitBid"]

    assert len(bids) == 3
    assert all(event["actor"]["organisation"] for event in bids)
    assert all(event["data"] and event["command_id"] for event in bids)


def test_a_live_rank_is_shown_to_its_own_bidder_only(svx: Run, bidding: Example) -> None:
    deal = bidding.deal
    line = ("auction", "board", deal.auction, "--as", deal.rival, "--ledger", bidding.url)
    nobody = svx(*line)
    others = [
        svx(*line, "--actor", f"{role}:{organisation}/person-1")
        for role, organisation in (
            ("operator", deal.rival),
            ("authority.buyer", deal.authority),
            ("supplier.bidder", deal.winner),
        )
    ]
    itself = ("--actor", f"supplier.bidder:{deal.rival}/person-1")
    own, text = svx(*line, *itself, "--json"), svx(*line, *itself)

    assert nobody.code == Exit.USAGE
    assert "--actor" in nobody.err
    assert [said.code for said in others] == [Exit.REFUSED] * 3
    assert all("not-yours" in said.err and said.out == "" for said in others)
    assert (own.json["rank"], "value_pence" in own.json) == (2, False)
    assert "rank: 2" in text.out
    for canary in ("4200000", "4,200,000", "4957800", "4,957,800", deal.winner):
        assert canary not in own.out + text.out


def test_once_ranked_a_bidder_s_board_is_everybody_s(svx: Run, example: Example) -> None:
    deal = example.deal
    line = ("auction", "board", deal.auction, "--as", deal.rival, "--ledger", example.url)

    assert "£4,200,000.00" in svx(*line).out


@pytest.mark.parametrize("actor", [(), ("--actor", "operator:/person-1")])
def test_a_bidder_s_board_is_of_one_auction(
    svx: Run, bidding: Example, actor: tuple[str, ...]
) -> None:
    line = ("auction", "board", "--as", bidding.deal.rival, "--ledger", bidding.url)
    said = svx(*line, *actor)

    assert said.code == Exit.USAGE
    assert "auction board AUCTION --as SUPPLIER" in said.err
