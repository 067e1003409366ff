"""Reading: what happened, one thing, an auction, the figures; and nothing before its time."""

import json
from pathlib import Path

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.eventlog.types import TYPES
from svx_ledger.projections.sentences import SENTENCES
from tests.projections.deal import Deal

from .conftest import Example, Run, played

HIDDEN = ("4200000", "4,200,000", "4957800", "4,957,800")
"""What the bids pledge and are worth."""


def test_every_type_of_event_has_its_sentence() -> None:
    assert set(SENTENCES) == set(TYPES)


def test_events_are_told_in_order_and_chosen(svx: Run, example: Example) -> None:
    ledger = ("--ledger", example.url)
    told = svx("events", *ledger).out.splitlines()
    chosen = svx(
        "events",
        "--after",
        "1",
        "--type",
        "need-approved.v1",
        "--limit",
        "2",
        "--json",
        *ledger,
    ).lines
    of_stream = svx("events", "--stream", example.deal.contract, "--json", *ledger).lines

    assert len(told) == len(example.deal.play.log) + 1
    assert "The ledger was opened as ledger.example/test, with simulated time." in told[0]
    assert [event["type"] for event in chosen] == ["need-approved.v1"] * 2
    assert [event["version"] for event in of_stream] == [1, 2, 3]
    assert all("?" not in line and "{" not in line for line in told)


def test_one_thing_is_shown_with_its_history(svx: Run, example: Example) -> None:
    said = svx("show", example.deal.contract, "--json", "--ledger", example.url).json
    people = svx("show", example.deal.contract, "--ledger", example.url).out

    assert said["version"] == 3
    assert said["state"]["pledged_pence"] == 435_650_000
    assert len(said["events"]) == 3
    assert "£4,957,800.00 became £4,356,500.00" in people


def test_what_is_not_there_is_not_found(svx: Run, example: Example) -> None:
    ledger = ("--ledger", example.url)
    lines = [
        ("show", "auction-nothere"),
        ("show", "nonsense"),
        ("auction", "board", "auction-nothere"),
        ("auction", "board", example.deal.auction, "--as", "organisation-nothere"),
        ("events", "--stream", "auction-nothere"),
        ("report", "leverage", "--procurement", "procurement-nothere"),
    ]

    said = {line: svx(*line, *ledger) for line in lines}
    named = svx("show", "auction-nothere", "--json", *ledger).problem

    assert {ran.code for ran in said.values()} == {Exit.NOT_FOUND}
    assert all(line[-1] in ran.err for line, ran in said.items())
    assert named["facts"] == {"stream": "auction-nothere"}


def test_the_name_of_what_is_not_there_is_shown_as_text(svx: Run, example: Example) -> None:
    said = svx("show", "auction-\x1b[31mö", "--ledger", example.url)

    assert said.code == Exit.NOT_FOUND
    assert r"stream: auction-\x1b[31m\xf6" in said.err


def test_a_stream_without_news_is_there(svx: Run, example: Example) -> None:
    said = svx(
        "events", "--stream", example.deal.contract, "--after", "9999", "--ledger", example.url
    )

    assert (said.code, said.out) == (Exit.DONE, "")


def test_a_type_that_there_is_not_is_no_empty_list(svx: Run, example: Example) -> None:
    said = svx("events", "--type", "nonsense", "--ledger", example.url)
    none_yet = svx("events", "--type", "clock-step-accepted.v1", "--ledger", example.url)

    assert (said.code, none_yet.code) == (Exit.USAGE, Exit.DONE)
    assert "docs/events.md" in said.err
    assert none_yet.out == ""


def test_nothing_hidden_is_shown_before_the_close(svx: Run, bidding: Example) -> None:
    ledger, deal = ("--ledger", bidding.url), bidding.deal
    lines: list[tuple[str, ...]] = [
        ("events",),
        ("events", "--stream", deal.auction),
        ("show", deal.auction),
        ("auction", "board"),
        ("auction", "board", deal.auction),
        ("report", "awards"),
        ("report", "leverage"),
    ]
    said = {
        (line, *form): svx(*line, *form, *ledger)
        for line in lines
        for form in ((), ("--json",))
    }
    leaks = {
        (line, canary)
        for line, ran in said.items()
        for canary in HIDDEN
        if canary in ran.out + ran.err
    }
    shown = svx("show", deal.auction, "--json", *ledger).json

    assert {ran.code for ran in said.values()} == {Exit.DONE}
    assert leaks == set()
    assert {"bids", "standing", "rejections", "ranking", "scores"} <= set(shown["withheld"])
    assert shown["state"].keys().isdisjoint(shown["withheld"])


def test_the_board_shows_the_ranking_once_there_is_one(svx: Run, example: Example) -> None:
    said = svx("auction", "board", example.deal.auction, "--ledger", example.url)
    plain = svx(
        "auction", "board", example.deal.auction, "--json", "--ledger", example.url
    ).json

    assert "£4,957,800.00" in said.out
    assert [place["value_pence"] for place in plain["ranking"]] == [495_780_000, 420_000_000]


def test_the_register_has_the_award_with_its_contract(svx: Run, example: Example) -> None:
    said = svx("report", "awards", "--ledger", example.url)
    (award,) = svx("report", "awards", "--json", "--ledger", example.url).lines

    assert example.deal.contract in said.out
    assert award["contract"]["pledged_pence"] == 435_650_000
    assert award["award"]["phase"] == "contract-entered"


def test_the_last_line_of_the_leverage_report_is_its_headline(
    svx: Run, example: Example
) -> None:
    said = svx("report", "leverage", "--ledger", example.url).out
    plain = svx("report", "leverage", "--json", "--ledger", example.url).json

    assert said.splitlines()[-1].startswith("£222.00 of confirmed gross social value per £1")
    assert plain["headline"]["amount"] == "222"
    assert plain["headline"]["positions"]


def test_one_figure_is_asked_for_by_name(svx: Run, example: Example) -> None:
    ledger = ("--ledger", example.url)
    net = svx("report", "leverage", "--basis", "net", *ledger).out
    awarded = svx(
        "report", "leverage", "--stage", "awarded", "--denominator", "D2", *ledger
    ).out
    percent = svx("report", "leverage", "--denominator", "D3", "--json", *ledger).json
    alone = svx("report", "leverage", "--procurement", example.deal.procurement, *ledger).out

    assert net.startswith("£189.96 of confirmed net social value per £1")
    assert awarded.startswith("£181.52 of awarded gross social value per £1")
    assert (percent["amount"], percent["unit"]) == ("7.99", "%")
    assert "£222.00" in alone


def test_real_time_may_not_enter_a_ledger_with_simulated_time(
    svx: Run, example: Example
) -> None:
    said = svx("init", "--ledger", example.url, "--json")

    assert said.code == Exit.CONFLICT
    assert json.loads(said.err)["type"] == "/problems/wrong-clock"


def test_spend_on_no_procurement_is_named_beside_one_and_not_counted(
    svx: Run, tmp_path: Path
) -> None:
    def scenes(deal: Deal) -> None:
        deal.prepare()
        deal.spend(10)
        deal.spend(20, allocated=False)

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    deal = played(url, scenes)
    whole = svx("report", "leverage", "--ledger", url).out
    alone = svx("report", "leverage", "--procurement", deal.procurement, "--ledger", url).out
    note = "Note: spend on no procurement in particular: not counted in D1 and D2, £20.00\n"

    assert "D1: exchange spend by public bodies (D1), £30.00" in whole
    assert "D1: exchange spend by public bodies (D1), £10.00" in alone
    assert "administration cost recorded for 0 of 1 procurements" in whole
    assert (note in whole, note in alone) == (False, True)


@pytest.mark.parametrize("verb", [("show",), ("events", "--stream")])
def test_bytes_that_are_no_text_name_no_stream(
    svx: Run, example: Example, verb: tuple[str, ...]
) -> None:
    said = svx(*verb, "auction-\udcff", "--ledger", example.url)

    assert said.code == Exit.USAGE
    assert "is the name of a stream, such as auction-8f3k2m7q." in said.err
