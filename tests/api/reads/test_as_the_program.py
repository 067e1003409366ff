"""Whatever is read over HTTP is what the program says, to the same person."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from svx_ledger.api.addressed import BY_STATE
from svx_ledger.api.reads.catalogue import READS
from svx_ledger.api.vocabulary import COLLECTIONS
from svx_ledger.cli.failing import Exit
from svx_ledger.projections.lists.catalogue import LISTS
from svx_ledger.projections.questions.catalogue import QUESTIONS
from tests.cli.conftest import Example, Run
from tests.projections.deal import Deal

from .conftest import people
from .reading import Reader

BY = (
    *(
        (who, "at_the_bids")
        for who in ("public", "bidder", "authority", "community", "auditor")
    ),
    *((who, "at_the_end") for who in ("public", "rival", "community")),
)
IN_TABLES = (("authority", "at_the_bids"), ("public", "at_the_end"))
"""Where CSV is compared as well: it is made from the same items."""
REFUSED = {Exit.REFUSED: (401, 403), Exit.NOT_FOUND: (404,), Exit.USAGE: (401, 403, 422)}


class Same(NamedTuple):
    """One thing asked for in both ways."""

    path: str
    line: tuple[str, ...]
    given: Mapping[str, Any] = {}


def ones(deal: Deal) -> list[Same]:
    """What is one object."""
    return [
        Same(f"/auctions/{deal.auction}", ("auction", "board", deal.auction)),
        Same(
            f"/auctions/{deal.auction}/boards/{deal.winner}",
            ("auction", "board", deal.auction, "--as", deal.winner),
        ),
        Same(f"/awards/{deal.award}", ("report", "award", deal.award)),
        Same(f"/organisations/{deal.winner}", ("report", "organisation", deal.winner)),
        Same(f"/organisations/{deal.community}", ("report", "organisation", deal.community)),
        *(
            Same(f"/streams/{stream}", ("show", stream))
            for stream in (deal.auction, deal.award, deal.winner, deal.procurement)
        ),
        Same(f"/streams/{deal.auction}/replay", ("replay", "stream", deal.auction)),
        Same(
            f"/auctions/{deal.auction}/replay",
            ("replay", "auction", deal.auction, "--position", "40"),
            {"position": 40},
        ),
        Same(
            f"/streams/{deal.winner}/replay",
            ("replay", "stream", deal.winner, "--position", "30"),
            {"position": 30},
        ),
        Same("/leverage", ("report", "leverage")),
        Same(
            "/leverage/explain",
            ("explain", "confirmed.gross.D1"),
            {"figure": "confirmed.gross.D1"},
        ),
    ]


def lists(deal: Deal) -> list[Same]:
    """What is a list."""
    return [
        Same("/auctions", ("auction", "board")),
        Same(
            "/auctions",
            ("auction", "board", "--authority", deal.authority, "--phase", "ranked"),
            {"authority": deal.authority, "phase": "ranked"},
        ),
        Same(
            "/auctions",
            ("auction", "board", "--procurement", deal.procurement, "--phase", "open"),
            {"procurement": deal.procurement, "phase": "open"},
        ),
        Same("/awards", ("report", "awards")),
        Same(
            "/awards",
            ("report", "awards", "--supplier", deal.winner, "--most", "5000000"),
            {"supplier": deal.winner, "most_pence": 500_000_000},
        ),
        Same("/awards/facets", ("report", "awards", "--facets")),
        Same(
            "/awards/facets",
            ("report", "awards", "--facets", "--supplier", deal.winner),
            {"supplier": deal.winner},
        ),
        *(Same(f"/{COLLECTIONS[one.group]}", (one.group, "list")) for one in LISTS),
        Same(
            "/organisations",
            ("organisation", "list", "--side", "supplier", "--state", "verified"),
            {"side": "supplier", "state": "verified"},
        ),
        Same(
            "/access",
            ("access", "list", "--organisation", deal.winner),
            {"organisation": deal.winner},
        ),
        Same(
            "/contracts",
            ("contract", "list", "--authority", deal.authority),
            {"authority": deal.authority},
        ),
        Same(
            "/pledges",
            ("pledge", "list", "--contract", deal.contract),
            {"contract": deal.contract},
        ),
        Same("/reports/needs", ("report", "needs")),
        Same("/reports/needs", ("report", "needs", "--measure", "cash"), {"measure": "cash"}),
        Same("/requests", ("report", "requests")),
        Same("/trail", ("report", "trail", "--limit", "1000")),
        Same(
            "/trail",
            ("report", "trail", "--thing", deal.auction, "--limit", "1000"),
            {"thing": deal.auction},
        ),
        Same(f"/auctions/{deal.auction}/timeline", ("report", "timeline", deal.auction)),
        Same(
            "/leverage/figures",
            ("report", "leverage", "--stage", "confirmed", "--basis", "net"),
            {"stage": "confirmed", "basis": "net", "denominator": "D1"},
        ),
        Same("/leverage/parts", ("report", "leverage", "--by", "measure"), {"by": "measure"}),
        Same(
            "/leverage/parts",
            ("report", "leverage", "--by", "supplier", "--stage", "awarded", "--basis", "net"),
            {"by": "supplier", "stage": "awarded", "basis": "net"},
        ),
        Same("/leverage/lines", ("report", "leverage", "--lines")),
        Same("/leverage/sensitivity", ("report", "leverage", "--sensitivity")),
        Same(
            "/leverage/sensitivity",
            ("report", "leverage", "--sensitivity", "--stage", "awarded"),
            {"stage": "awarded"},
        ),
        *(
            Same(f"/reports/{one.verb}", ("report", one.verb))
            for one in QUESTIONS
            if one.verb != "sample"
        ),
        Same(
            "/reports/sample",
            ("report", "sample", "--seed", "a seed", "--size", "3"),
            {"seed": "a seed", "size": 3},
        ),
    ]


WITH_CSV = (
    *(f"/{COLLECTIONS[one.group]}" for one in LISTS),
    *("/awards", "/requests", "/trail", "/leverage", "/reports", "/timeline"),
)


@pytest.mark.parametrize(("who", "when"), BY)
def test_everybody_reads_what_the_program_says(
    request: pytest.FixtureRequest, svx: Run, who: str, when: str
) -> None:
    told: Example = request.getfixturevalue("bidding" if when == "at_the_bids" else "example")
    reader: Reader = request.getfixturevalue(when).as_(people(told.deal)[who])
    by = ("--actor", reader.who) if reader.who else ()
    for one in ones(told.deal):
        said = svx(*one.line, "--json", "--ledger", told.url, *by)
        answer = reader.get(one.path, **one.given)
        if said.code != Exit.DONE:
            assert answer.status_code in REFUSED[Exit(said.code)], (one, answer.text)
            continue
        assert answer.status_code == 200, (one, answer.text)
        assert answer.json() == said.json, one
    for one in lists(told.deal):
        said = svx(*one.line, "--json", "--ledger", told.url, *by)
        if said.code != Exit.DONE:
            answer = reader.get(one.path, **one.given)
            assert answer.status_code in REFUSED[Exit(said.code)], (one, answer.text)
            continue
        assert reader.items(one.path, **one.given) == said.lines, one
        if (who, when) in IN_TABLES and any(part in one.path for part in WITH_CSV):
            table = svx(*one.line, "--csv", "--ledger", told.url, *by).out
            given = {"limit": 1000} if one.path == "/trail" else {}
            answer = reader.get(one.path, {"Accept": "text/csv"}, **one.given, **given)
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            assert answer.text.replace("\r\n", "\n") == table, one  # as the runner reads lines


def test_every_event_is_shown_as_the_program_lists_it(
    at_the_bids: Reader, bidding: Example, svx: Run
) -> None:
    for who in ("public", "bidder", "authority"):
        reader = at_the_bids.as_(people(bidding.deal)[who])
        by = ("--actor", reader.who) if reader.who else ()
        lines = svx("events", "--json", "--ledger", bidding.url, *by).lines
        shown = [reader.ok(f"/events/{line['position']}") for line in lines]
        assert shown == lines


def test_every_read_has_been_asked_above(example: Example) -> None:
    asked = {one.path for one in (*ones(example.deal), *lists(example.deal))}
    deal = example.deal
    named = {
        "{auction_id}": deal.auction,
        "{supplier_id}": deal.winner,
        "{award_id}": deal.award,
        "{organisation_id}": deal.winner,
        "{stream}": deal.auction,
    }
    paths = set()
    for read in READS.values():
        path = read.path
        for name, value in named.items():
            path = path.replace(name, value)
        paths.add(path)
    of_one_kind = {one.path for one in BY_STATE.values()}  # what `show` says, without events
    assert paths - asked == {"/events/{position}", *of_one_kind}
