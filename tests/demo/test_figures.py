"""Every number of the worked example, from the demo's events, however it is asked for."""

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from svx_ledger import open_ledger
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.seeding import SEED
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain.uk_calendar import DAY, uk_midnight
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.record import Row, read_record
from svx_ledger.ledger import SimulatedClock
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.vocabulary import Per, Stage, Weight, Which
from svx_ledger.projections.leverage.whole import LogHead, whole
from svx_ledger.projections.memory import Views
from tests.demo.test_ledger import Kept

from .running import run

ESTATES = "procurement-estates"
GROSS: dict[Stage, tuple[str, str, str, str]] = {
    "pledged": ("4957800.00", "275.43", "206.58", "9.92"),
    "awarded": ("4356500.00", "242.03", "181.52", "8.71"),
    "claimed": ("4322640.00", "240.15", "180.11", "8.65"),
    "confirmed": ("3996000.00", "222.00", "166.50", "7.99"),
}
"""Pounds, per £1 of D1 and of D2, and the percentage of D3."""
NET = ("3419214.00", "189.96", "142.47", "6.84")
"""Of what was confirmed; each line has one year, so the present value is the same."""
LINES = {
    "cash": ("2400000", "2200000", "2200000", "2025150", "2025150.00"),
    "laptop": ("1100", "1000", "1000", "1000", "256500.00"),
    "expert-hour": ("12000", "10000", "10000", "9000", "589032.00"),
    "volunteer-hour": ("60000", "50000", "48000", "45000", "548532.00"),
}
"""Pledged, awarded, claimed, confirmed in units; net pounds of the confirmed."""
PERS: tuple[Per, ...] = ("D1", "D2", "D3")


def expected() -> dict[Which, Decimal]:
    """Each ratio of the example, by stage, weight and denominator."""
    ratios = {
        Which(stage, "gross", per): Decimal(said)
        for stage, row in GROSS.items()
        for per, said in zip(PERS, row[1:], strict=True)
    }
    weights: tuple[Weight, ...] = ("net", "present")
    for weight in weights:
        ratios |= {
            Which("confirmed", weight, per): Decimal(said)
            for per, said in zip(PERS, NET[1:], strict=True)
        }
    return ratios


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo's ledger. Not to be written to."""
    address = f"sqlite:///{tmp_path_factory.mktemp('figures') / 'demo.db'}"
    fill(address, STORY, SEED)
    return address


@pytest.fixture(scope="module")
def log(url: str) -> list[Row]:
    """Its records."""
    with closing(open_store(url)) as store:
        return list(store.rows())


@pytest.fixture(scope="module")
def plain(url: str) -> Any:
    """The report of the police estate in JSON."""
    _, lines, _ = run("report", "leverage", "--procurement", ESTATES, "--json", "--ledger", url)
    return json.loads("".join(lines))


def test_in_text(url: str) -> None:
    _, lines, _ = run("report", "leverage", "--procurement", ESTATES, "--ledger", url)
    rows = {tuple(cells[:2]): cells[2:6] for cells in map(str.split, lines) if len(cells) == 7}

    for stage, (pounds, d1, d2, d3) in GROSS.items():
        assert rows[stage, "gross"] == [f"£{Decimal(pounds):,}", f"£{d1}", f"£{d2}", d3]
    for weight in ("net", "present"):
        assert rows["confirmed", weight] == ["£3,419,214.00", "£189.96", "£142.47", "6.84"]
    told = "\n".join(lines)
    assert "0.8787 of pledged gross social value awarded (conversion)" in told
    assert "0.9173 of awarded gross social value confirmed (delivery rate)" in told
    assert "£326,640.00 of gross social value claimed and not confirmed" in told
    assert lines[-1].startswith("£222.00 of confirmed gross social value per £1 of exchange ")


def test_one_by_one_with_their_full_names(url: str) -> None:
    for (stage, weight, per), amount in expected().items():
        _, lines, _ = run(
            *(
                "report",
                "leverage",
                "--procurement",
                ESTATES,
                "--ledger",
                url,
                "--stage",
                stage,
            ),
            *("--basis", weight, "--denominator", str(per)),
        )

        (text,) = lines
        of = "net social value at present value (green_book" if weight == "present" else weight
        assert f"{stage} {of}" in text
        assert text.startswith(f"{amount} % of" if per == "D3" else f"£{amount} of")
        for said in (f"({per})", ESTATES, "as at 2026-", "known at position", "proxy set Demo"):
            assert said in text


def test_in_json(plain: Any) -> None:
    by_name = {
        one["name"]: Decimal(one["amount"]) for one in plain["figures"] if "amount" in one
    }
    for (stage, weight, per), amount in expected().items():
        value = f"{stage} {'net' if weight == 'present' else weight} social value"
        found = [
            said
            for name, said in by_name.items()
            if value in name
            and f"({per})" in name
            and (" at present value " in name) == (weight == "present")
        ]

        assert found == [amount]
    assert Decimal(plain["headline"]["amount"]) == 222
    assert plain["head"]["size"] == plain["basis"]["known_at"]
    assert len(bytes.fromhex(plain["head"]["root"])) == 32
    assert plain["discounting"]["convention"] == "green_book"
    steps = plain["discounting"]["table"]["steps"]
    assert [(step["first_year"], step["rate"]) for step in steps] == [
        *((0, "0.035"), (31, "0.03"), (76, "0.025"))
    ]
    cash = next(one for one in plain["sensitivity"] if "of cash" in one["what"])
    assert (cash["low"], cash["high"]) == ("210.75", "233.25")


def test_each_line_with_its_events(plain: Any) -> None:
    lines = [line for line in plain["lines"] if "pledge" in line]
    assert {line["price"]["measure"] for line in lines} == {*LINES}
    for line in lines:
        *quantities, net = LINES[line["price"]["measure"]]
        stages = line["stages"]
        assert [
            stages[of]["quantity"] for of in ("pledged", "awarded", "claimed", "confirmed")
        ] == quantities
        assert stages["confirmed"]["net_pence"] == Decimal(net) * 100
        assert all(stage["positions"] for stage in stages.values())


def test_in_csv(url: str) -> None:
    asked = ("report", "leverage", "--procurement", ESTATES, "--csv", "--ledger", url)
    _, lines, _ = run(*asked)
    rows = list(csv.DictReader(StringIO("\n".join(lines), newline="")))
    amounts = [Decimal(row["amount"]) for row in rows if row["amount"]]

    assert {*map(Decimal, GROSS["confirmed"]), *map(Decimal, NET)} <= {*amounts}
    for stage, per_d1 in ((stage, Decimal(row[1])) for stage, row in GROSS.items()):
        (one,) = (
            row
            for row in rows
            if row["name"].startswith(f"{stage} gross social value per £1 of exchange spend by")
        )
        assert Decimal(one["amount"]) == per_d1
        assert one["positions"].split()


def test_in_python(url: str) -> None:
    clock = SimulatedClock(datetime(2026, 8, 27, 12, tzinfo=UTC))
    with open_ledger(url, clock=clock) as ledger:
        report = ledger.leverage(procurement=ESTATES)

    for (stage, weight, per), amount in expected().items():
        assert per is not None
        assert report.leverage(stage, weight, per).amount == amount
    for stage, row in GROSS.items():
        assert report.total(stage).amount == Decimal(row[0])
    assert report.conversion.amount == Decimal("0.8787")
    assert report.delivery_rate.amount == Decimal("0.9173")
    assert report.claimed_not_confirmed.amount == 326_640


def test_contributions_by_measure_sum_to_the_ratio(url: str) -> None:
    asked = ("report", "leverage", "--procurement", ESTATES, "--by", "measure", "--json")
    _, lines, _ = run(*asked, "--ledger", url)
    rows = [json.loads(line) for line in lines]
    pounds = {row["part"]: Decimal(row["amount"]) for row in rows if row["unit"] == "£"}
    each = {row["part"]: Decimal(row["amount"]) for row in rows if row["unit"] != "£"}

    assert sum(pounds.values()) / 18_000 == 222
    assert each == {measure: round(value / 18_000, 2) for measure, value in pounds.items()}


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last day of each month."""
    day = first.replace(day=1)
    while day <= last:
        day = (day + timedelta(days=31)).replace(day=1)
        yield day - DAY


def test_the_report_of_every_month_end_is_what_it_was(log: list[Row]) -> None:
    later = Views(Kept(log))
    later.refresh()
    recorded = [read_record(row).recorded_at for row in log]
    ends = list(month_ends(recorded[0].date(), recorded[-1].date()))
    for day in ends:
        as_at = uk_midnight(day + DAY) - timedelta(microseconds=1)
        known_at = sum(at <= as_at for at in recorded)
        then = Views(Kept(log[:known_at]))
        then.refresh()

        was = leverage_report(then.tables, as_at=as_at, known_at=known_at)
        now = leverage_report(later.tables, as_at=as_at, known_at=known_at)
        assert written(log, now) == written(log[:known_at], was)
    assert len(ends) >= 12


def test_a_month_end_known_later_says_so(log: list[Row]) -> None:
    views = Views(Kept(log))
    views.refresh()
    as_at = uk_midnight(date(2026, 4, 1)) - timedelta(microseconds=1)
    known_then = sum(read_record(row).recorded_at <= as_at for row in log)
    then, now = (
        leverage_report(views.tables, as_at=as_at, known_at=known_at)
        for known_at in (known_then, len(log))
    )

    assert then.headline.amount == now.headline.amount
    assert then.headline.name != now.headline.name
    assert written(log, then) != written(log, now)


def written(log: list[Row], report: LeverageReport) -> bytes:
    """The report as a program gets it."""
    size = report.basis.known_at
    told = plain_of(whole(report, LogHead.of(Kept(log).rows(limit=size), size)))
    return json.dumps(told, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("--stage", "promised"), "offered"),
        (("--basis", "npv"), "present"),
        (("--denominator", "D5"), "D4"),
        (("--by", "colour"), "measure"),
        (("--as-at", "yesterday"), "a day that there is, as YYYY-MM-DD, or an instant as"),
        (("--as-at", "2026-13-01"), "--as-at reads"),
        (("--known-at", "0"), "the first position of a log is 1"),
        (("--known-at", "99999"), "is not on the log"),
        (("--year", "2025"), "say it as 2025/26"),
        (("--year", "2025/26", "--from", "2025-04-01"), "not both"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "is after the last"),
        (("--from", "1/2/2026"), "--from reads a day that there is, as YYYY-MM-DD."),
        (("--proxy-set", "proxy-set-none"), "proxy-set-none"),
        (("--procurement", "procurement-none"), "procurement-none"),
        (("--authority", "organisation-none"), "organisation-none"),
        (("--prices-of", "2026"), "deflator"),
        (("--deflator", "nothere.csv", "--prices-of", "2026"), "nothere.csv"),
        (("--rates", "nothere.csv"), "nothere.csv"),
        (("--chart", "picture.png"), "FILE.svg or FILE.json"),
        (("--chart", "nowhere/picture.svg"), "nowhere/picture.svg"),
        (("--by", "measure", "--lines"), "Choose one of --by and --lines"),
        (("--csv", "--json"), "Choose one of --csv and --json"),
    ],
)
def test_a_question_that_means_nothing_says_what_would(
    url: str, wrong: tuple[str, ...], says: str
) -> None:
    code, lines, err = run("report", "leverage", "--ledger", url, *wrong)

    assert code in (2, 4)
    assert lines == []
    assert says in err.replace("\n", " ")
    assert "Traceback" not in err


def test_a_figure_taken_apart_leads_to_its_events(url: str, log: list[Row]) -> None:
    asked = ("explain", "confirmed.net.D2", "--procurement", ESTATES, "--ledger", url)
    _, text, _ = run(*asked)
    _, lines, _ = run(*asked, "--json")
    told = json.loads("".join(lines))
    records = {row.position: read_record(row) for row in log}

    assert text[0] == told["figure"]["text"]
    assert "£3,419,214.00 ÷ £24,000.00 = 142.47" in text
    assert sum(line["value_pence"] for line in told["lines"]) == told["numerator_pence"]
    assert told["numerator_pence"] == 341_921_400
    assert [event["position"] for event in told["events"]] == told["figure"]["positions"]
    for event in told["events"]:
        record = records[event["position"]]
        assert (event["stream"], event["version"]) == (record.stream, record.version)
    types = {event["type"] for event in told["events"]}
    assert types == {
        "delivery-confirmed.v1",
        "exchange-spend-recorded.v1",
        "administration-cost-recorded.v1",
    }


def test_each_line_of_a_figure_in_csv_says_which_figure_it_is_of_and_on_what_basis(
    url: str, plain: Any
) -> None:
    asked = ("--procurement", ESTATES, "--csv", "--ledger", url)
    _, net, _ = run("explain", "confirmed.net.D2", *asked)
    _, present, _ = run("explain", "confirmed.present", *asked)
    rows, discounted = ([*csv.DictReader(StringIO("\n".join(of)))] for of in (net, present))
    basis = plain["headline"]["name"].partition(" (D1), ")[2]

    assert {(row["figure"], row["basis"]) for row in rows} == {("confirmed.net.D2", basis)}
    assert [row["figure"] for row in discounted] == ["confirmed.present"] * len(rows)
    for row in discounted:
        assert row["basis"].startswith(f"{basis}, green_book, ")


def test_one_part_of_a_figure_taken_apart(url: str) -> None:
    asked = ("explain", "confirmed.gross.D1", "--procurement", ESTATES, "--by", "measure")
    _, lines, _ = run(*asked, "--part", "laptop", "--json", "--ledger", url)
    told = json.loads("".join(lines))

    assert [line["measure"] for line in told["lines"]] == ["laptop"]
    assert told["figure"]["amount"] == "16.67"
    assert "contributed by measure laptop" in told["figure"]["name"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("confirmed",), "such as confirmed.gross.D1"),
        (("confirmed.gross.D9",), "such as confirmed.gross.D1"),
        (("confirmed.gross.",), "such as confirmed.gross.D1"),
        (("confirmed.gross.D1.D2",), "such as confirmed.gross.D1"),
        (("confirmed.gross.D1", "--by", "measure"), "--by measure --part cash"),
        (("confirmed.gross.D1", "--part", "cash"), "--by measure --part cash"),
        (("confirmed.gross.D1", "--by", "measure", "--part", "gold"), "gold"),
    ],
)
def test_what_is_no_figure_is_said_to_be_none(
    url: str, wrong: tuple[str, ...], says: str
) -> None:
    code, lines, err = run("explain", *wrong, "--ledger", url)

    assert code in (2, 4)
    assert lines == []
    assert says in err


def test_a_chart_is_drawn_to_a_file(url: str, tmp_path: Path) -> None:
    for ways in ((), ("--by", "measure"), ("--sensitivity",)):
        for name in ("picture.svg", "picture.json"):
            file = tmp_path / name
            asked = ("report", "leverage", "--ledger", url, *ways, "--chart", str(file))
            code, _, err = run(*asked)

            assert code == 0, err
            assert "cohort every procurement" in file.read_text(encoding="utf-8")


def test_a_chart_is_of_the_stage_that_is_asked_for(url: str, tmp_path: Path) -> None:
    file = tmp_path / "picture.json"
    asked = ("report", "leverage", "--ledger", url, "--stage", "pledged", "--chart", str(file))
    alone, _, err = run(*asked)
    code, _, _ = run(*asked, "--by", "measure")

    assert (alone, code) == (2, 0)
    assert "--chart draws every stage, or what --by or --sensitivity chooses" in err
    assert json.loads(file.read_text())["usermeta"]["svx"]["stage"] == "pledged"


def test_from_columns_as_from_the_tables(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'demo.db'}"
    fill(address, STORY, SEED)
    asked = ("report", "leverage", "--ledger", address, "--by")
    code, _, err = run(*asked, "supplier", "--columns")
    assert (code, "make one first" in err) == (2, True)

    assert run("export", "columns", "--segment", "64", "--ledger", address)[0] == 0
    for more in (
        (),
        ("--period-basis", "period", "--to", "2026-03-31"),
        ("--basis", "present"),
    ):
        for by in ("supplier", "year"):
            tables, columns = (run(*asked, by, *more, *way) for way in ((), ("--columns",)))
            assert columns == tables
            assert len(tables[1]) > 8
