"""`report awards` searched and counted, `report award`, `trail`, `timeline` and the others."""

import csv
import io
from typing import Any

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.domain.contract.ending import CompleteContract
from tests.projections.deal import Deal

from .conftest import Example, Run, played, to_the_end


def table(text: str) -> list[dict[str, str]]:
    """The lines of a CSV by their headings."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_without_a_choice_the_register_is_as_it_was(svx: Run, example: Example) -> None:
    every = svx("report", "awards", "--json", "--ledger", example.url)
    found = svx("report", "awards", "--no-elsewhere", "--json", "--ledger", example.url)
    text = svx("report", "awards", "--ledger", example.url)

    assert every.code == found.code == Exit.DONE
    assert every.out == found.out
    assert svx("report", "awards", "--vcse", "--json", "--ledger", example.url).out == ""
    assert text.out.splitlines()[1].startswith(example.deal.award)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--authority", "organisation-auth0001"), True),
        (("--authority", "organisation-comm0001"), False),
        (("--area", "E23000001"), True),
        (("--supplier", "organisation-winner0001"), True),
        (("--supplier", "organisation-rival0001"), False),
        (("--community", "organisation-comm0001"), True),
        (("--measure", "laptop"), True),
        (("--theme", "NT99"), False),
        (("--text", "facilities MANAGEMENT"), True),
        (("--from", "2026-03-02", "--to", "2026-03-02"), True),
        (("--from", "2026-03-03"), False),
        (("--to", "2026-03-01"), False),
        (("--least", "4,356,500.00", "--most", "4356500"), True),
        (("--least", "4356500.01"), False),
        (("--most", "4356499.99"), False),
        (("--standstill", "over"), True),
        (("--standstill", "running"), False),
        (("--elsewhere",), False),
        (("--no-vcse",), True),
    ],
)
def test_an_award_is_found_by_its_options(
    svx: Run, example: Example, options: tuple[str, ...], *, found: bool
) -> None:
    said = svx("report", "awards", *options, "--json", "--ledger", example.url)

    assert said.code == Exit.DONE
    assert len(said.lines) == int(found)


@pytest.mark.parametrize(
    "options",
    [
        ("awards", "--from", "3/1/2026"),
        ("awards", "--least", "a lot"),
        ("awards", "--least", "1.001"),
        ("awards", "--most", "-1"),
        ("awards", "--most", "NaN"),
        ("awards", "--most", "1e99"),
        ("awards", "--after", "nowhere"),
        ("awards", "--limit", "0"),
        ("awards", "--csv", "--json"),
        ("awards", "--standstill", "someday"),
        ("trail", "--since", "yesterday"),
        ("trail", "--limit", "1001"),
        ("trail", "--csv", "--json"),
    ],
)
def test_what_cannot_be_read_is_a_usage_error(
    svx: Run, example: Example, options: tuple[str, ...]
) -> None:
    said = svx("report", *options, "--ledger", example.url)

    assert said.code == Exit.USAGE
    assert said.out == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("award", "award-nowhere"),
        ("organisation", "organisation-nowhere"),
        ("timeline", "auction-nowhere"),
    ],
)
def test_what_is_not_there_is_not_found(
    svx: Run, example: Example, kind: str, name: str
) -> None:
    assert svx("report", kind, name, "--ledger", example.url).code == Exit.NOT_FOUND


def test_awards_are_lines_of_csv_and_counted(svx: Run, example: Example) -> None:
    (line,) = table(svx("report", "awards", "--csv", "--ledger", example.url).out)
    counts = table(svx("report", "awards", "--facets", "--csv", "--ledger", example.url).out)
    plain = svx("report", "awards", "--facets", "--json", "--ledger", example.url).lines
    shown = svx("report", "awards", "--facets", "--ledger", example.url).out

    assert (line["decided"], line["award_id"], line["value_pence"]) == (
        *("here", example.deal.award),
        "435650000",
    )
    assert {"by": "measure", "choice": "laptop", "awards": "1"} in counts
    assert {"by": "measure", "choice": "laptop", "awards": 1} in plain
    assert "laptop" in shown


def test_a_page_of_awards_goes_on_where_the_one_before_ended(
    svx: Run, example: Example
) -> None:
    ledger = ("--json", "--ledger", example.url)
    whole = svx("report", "awards", "--limit", "1", *ledger)
    (award,) = whole.lines
    before, after = (f"here-{award['award']['position'] + n}" for n in (-1, 0))

    assert whole.err == ""
    assert svx("report", "awards", "--after", before, *ledger).out == whole.out
    assert svx("report", "awards", "--after", after, *ledger).out == ""


def test_one_award_with_its_notices_corrections_and_retention(svx: Run, tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    def ended(deal: Deal) -> None:
        to_the_end(deal)
        end = CompleteContract(contract_id=deal.contract, notice="UK11-1", reason="Early")
        deal.play.do(end, deal.buyer)

    deal = played(url, ended)
    said = svx("report", "award", deal.award, "--ledger", url)
    page = svx("report", "award", deal.award, "--json", "--ledger", url).json

    assert [notice["notice"] for notice in page["notices"]] == ["UK4", "UK6", "UK11"]
    assert page["standstill"] == "over"
    assert page["retention"]["over_on"] == "2029-03-21"
    assert page["corrections"] == []
    assert page["award"]["award"]["award_id"] == deal.award
    assert "UK11-1" in said.out
    assert "records kept from 2026-03-21 (contract) to before 2029-03-21" in said.out


def test_the_trail_has_a_sentence_for_each_entry_and_says_how_to_go_on(
    svx: Run, bidding: Example
) -> None:
    deal = bidding.deal
    first = svx("report", "trail", "--limit", "2", "--ledger", bidding.url)
    rest = svx("report", "trail", "--limit", "1000", "--json", "--ledger", bidding.url)
    by_csv = table(
        svx("report", "trail", "--limit", "1000", "--csv", "--ledger", bidding.url).out
    )

    assert first.out.splitlines()[0].startswith("     1  ")
    assert "(operator of organisation-0perator): The ledger was opened" in first.out
    assert first.err == "There is more: --after 2\n"
    assert rest.err == ""
    hidden = [line for line in rest.lines if line["withheld"]]
    assert {line["says"] for line in hidden} == {"Something that is hidden for now."}
    assert {line.get("stream") for line in hidden} >= {deal.auction}
    assert [line["says"] for line in by_csv] == [line["says"] for line in rest.lines]
    bidder = f"supplier.bidder:{deal.winner}/person-supplier-bidder"
    own = svx(
        *("report", "trail", "--type", "bid-accepted.v1", "--json", "--actor", bidder),
        *("--ledger", bidding.url),
    )
    assert {line["organisation_id"] for line in own.lines} == {deal.winner}
    nobody = svx("report", "trail", "--type", "bid-accepted.v1", "--ledger", bidding.url)
    assert (nobody.out, nobody.err) == ("", "")


def test_the_trail_lies_between_two_instants(svx: Run, example: Example) -> None:
    found = svx(
        *("report", "trail", "--since", "2026-03-10", "--until", "2026-03-10T12:00:01Z"),
        *("--json", "--ledger", example.url),
    ).lines

    assert [line["type"] for line in found] == ["assessment-summaries-sent.v1"]
    assert found[0]["says"] == "2 bidders were sent their summaries."


def test_the_timeline_shows_who_led(svx: Run, example: Example, bidding: Example) -> None:
    deal = example.deal
    said = svx("report", "timeline", deal.auction, "--ledger", example.url)
    lines = svx("report", "timeline", deal.auction, "--json", "--ledger", example.url).lines
    cells = table(svx("report", "timeline", deal.auction, "--csv", "--ledger", example.url).out)
    before = svx("report", "timeline", deal.auction, "--json", "--ledger", bidding.url).lines

    assert [line.get("why") for line in lines if line["happened"] == "bid"] == [
        *("first-bid", "outbid", "outbid"),
    ]
    assert [cell["leader_id"] for cell in cells] == [
        line.get("leader_id", "") for line in lines
    ]
    assert "outbid" in said.out
    assert [line["happened"] for line in before] == ["scheduled", "opened"]


def test_needs_organisations_and_requests_are_shown(svx: Run, example: Example) -> None:
    deal, ledger = example.deal, ("--ledger", example.url)
    needs = svx("report", "needs", "--json", *ledger).lines
    cash = table(svx("report", "needs", "--measure", "cash", "--csv", *ledger).out)
    page = svx("report", "organisation", deal.winner, "--json", *ledger).json
    shown = svx("report", "organisation", deal.winner, *ledger).out

    assert {line["measure"]: line["unmet"] for line in needs} == {
        "cash": 1,
        "expert": 1,
        "laptop": 1,
        "volunteer": 1,
    }
    assert [line["outstanding"] for line in cash] == ["2800000"]
    assert page["awards"] == [deal.award]
    assert len(page["pledges"]) == 4
    assert "Pledges" in shown
    assert svx("report", "needs", *ledger).code == Exit.DONE
    assert svx("report", "requests", *ledger).out.split() == [
        *("asked", "act", "of", "about", "by", "reason", "position"),
    ]
    assert svx("report", "requests", "--json", *ledger).out == ""
