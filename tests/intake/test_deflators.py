"""Deflators from CSV: what is taken, and where a file that is not taken is at fault."""

import csv
import os
from collections import Counter
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from svx_ledger.domain.uprating import uprated
from svx_ledger.intake import deflators, fingerprint
from svx_ledger.intake.deflators import read_deflator
from svx_ledger.intake.exact import Faulty
from svx_ledger.intake.rows import headings

from .conftest import Write

GOOD = "financial_year,index\n2014/15,98.5\n2015/16,100\n"


def test_a_series_with_its_base_and_the_digest_of_its_file(write: Write) -> None:
    content = (
        "\ufeffstatus, financial_year ,index_1989_90_100\n"
        "outturn,1989/90,100\n\n,1999/00, 136.55850109698870000000000001 \r\n"
    )
    path = write("gdp.csv", content.encode())

    deflator = read_deflator(path)

    assert (deflator.series, deflator.source) == ("gdp", "gdp.csv")
    assert (deflator.base, deflator.years) == ("index_1989_90_100", "financial")
    assert deflator.index == {
        "1989/90": Decimal(100),
        "1999/00": Decimal("136.55850109698870000000000001"),
    }
    assert deflator.sha256 == sha256(path.read_bytes()).hexdigest()


def test_a_series_of_calendar_years_as_whoever_reads_it_calls_it(write: Write) -> None:
    path = write("x.csv", "calendar_year,index\n2015,100\n2016,101.5\n")

    deflator = read_deflator(path, series="CPIH", source="ONS, L522 (fictional)")

    assert (deflator.series, deflator.source) == ("CPIH", "ONS, L522 (fictional)")
    assert deflator.years == "calendar"
    assert deflator.of(2016) == Decimal("101.5")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "/: an empty file"),
        ("financial_year,index\n\n", "line 2: headings, and nothing under them"),
        ("year,index\n2015,1\n", "line 1: not one column financial_year or calendar_year"),
        (
            "financial_year,calendar_year,index\n",
            "line 1: not one column financial_year or calendar_year",
        ),
        ("financial_year,indexed\n", "line 1: not one column index or index_…"),
        ("financial_year,index,index_2015\n", "line 1: not one column index or index_…"),
        ("financial_year,index,index\n", "/: two columns of the same name"),
        (GOOD + "2015/16,100\n", "line 4, column financial_year: the year stands there twice"),
        (
            GOOD + "\n2016,1\n",
            "line 5, column financial_year: no financial year such as 2015/16",
        ),
        (
            "calendar_year,index\n2015/16,1\n",
            "line 2, column calendar_year: no year such as 2015",
        ),
        (GOOD + "2016/17\n", "line 4: 1 cells under 2 headings"),
        (GOOD + "2016/17,1,234.5\n", "line 4: 3 cells under 2 headings"),
        (GOOD + "2016/17,0\n", "line 4, column index: an index is more than nothing"),
        (GOOD + "2016/17,0.000\n", "line 4, column index: an index is more than nothing"),
        (GOOD + '2016/17,"1\n', "line 4: no CSV: unexpected end of data"),
    ],
)
def test_a_fault_is_named_with_its_place(write: Write, content: str, message: str) -> None:
    with pytest.raises(Faulty) as raised:
        read_deflator(write("x.csv", content))

    assert str(raised.value) == message


@pytest.mark.parametrize(
    "number",
    [
        *("", "NaN", "nan", "sNaN", "Infinity", "inf", "-1", "+1", "1e2", "1E400000", "1_0"),
        *(
            "1 000",
            "£1",
            "1.",
            ".5",
            "1..2",
            "0x1",
            "١٢",
            "1" * 13,
            "1." + "1" * 31,
            "9" * 10**5,
        ),
    ],
)
def test_an_index_is_a_plain_number(write: Write, number: str) -> None:
    path = write("x.csv", f"{GOOD}2016/17,{number}\n")

    with pytest.raises(Faulty, match=r"^line 4, column index: no plain number") as raised:
        read_deflator(path)

    assert len(str(raised.value)) < 100


def test_what_is_no_text_is_a_fault(write: Write) -> None:
    with pytest.raises(Faulty, match="no text in UTF-8"):
        read_deflator(write("x.csv", GOOD.encode()[:-8] + b"\xff,1\n"))


def test_years_are_bounded(write: Write) -> None:
    lines = [f"{year},1\n" for year in range(1000, 1000 + deflators.MOST_YEARS + 1)]
    most = write("most.csv", "calendar_year,index\n" + "".join(lines[:-1]))
    more = write("more.csv", "calendar_year,index\n" + "".join(lines))

    assert len(read_deflator(most).index) == deflators.MOST_YEARS
    with pytest.raises(Faulty, match=r"^line 502: more than 500 years$"):
        read_deflator(more)


def test_a_large_file_is_not_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("x.csv", GOOD)
    monkeypatch.setattr(fingerprint, "MAX_TABLE", len(GOOD))
    assert read_deflator(path).index

    monkeypatch.setattr(fingerprint, "MAX_TABLE", len(GOOD) - 1)
    with pytest.raises(Faulty, match="a file of more than"):
        read_deflator(path)


def test_a_file_that_changes_while_it_is_read_has_no_digest(write: Write) -> None:
    path = write("x.csv", GOOD)

    with pytest.raises(Faulty, match="changed while"), fingerprint.fingerprinted(path):
        write("x.csv", GOOD + "2016/17,101\n")


def test_a_fault_in_a_file_is_told_before_that_it_changed(write: Write) -> None:
    path = write("x.csv", GOOD)

    with pytest.raises(Faulty, match="two columns"), fingerprint.fingerprinted(path):
        headings(write("x.csv", "a,a\n"))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")

    with pytest.raises(Faulty, match="no regular file"):
        read_deflator(tmp_path / "x.csv")


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_deflator(tmp_path / "none.csv")
    with pytest.raises(IsADirectoryError):
        read_deflator(tmp_path)


def test_gmca_uprated_values_come_out_to_the_penny(test_data: Path) -> None:
    """Of the 362 values that the file states in both prices, 6 are a penny away.

    These are published with two places, and were uprated from more.
    """
    folder = test_data / "social_value"
    deflator = read_deflator(folder / "gdp_deflator_hmt_march2015_as_used_by_gmca_v1_4.csv")
    away: Counter[Decimal] = Counter()
    compared: Counter[str] = Counter()
    with (folder / "gmca_unit_cost_database_v1_4.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            for worth in ("fiscal", "economic", "social"):
                value, expected = row[f"{worth}_gbp"], row[f"{worth}_uprated_gbp_v1_4"]
                if value and expected:
                    year = int(row[f"{worth}_price_year"][:4])
                    got = uprated(Decimal(value), year, 2015, deflator)
                    away[abs(got - Decimal(expected))] += 1
                    compared[worth] += 1

    assert len(deflator.index) == 31
    assert deflator.base == "index_1989_90_100"
    assert compared == {"fiscal": 322, "economic": 31, "social": 9}
    assert away == {Decimal("0.00"): 356, Decimal("0.01"): 6}
