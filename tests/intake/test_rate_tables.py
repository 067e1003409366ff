"""Tables of discount rates from CSV: what is taken, and where a file is at fault."""

import os
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from svx_ledger.domain.present_value import CONVENTIONS, GREEN_BOOK_STPR, Step, discount_factor
from svx_ledger.intake import fingerprint, rate_tables
from svx_ledger.intake.exact import Faulty
from svx_ledger.intake.rate_tables import read_rate_table

from .conftest import Write

GOOD = "first_year,rate\n0,0.035\n31,0.03\n76,0.025\n"


def test_the_green_book_from_a_file_is_the_green_book(write: Write) -> None:
    path = write("green-book.csv", GOOD)

    table = read_rate_table(path)

    assert table.steps == GREEN_BOOK_STPR.steps
    assert (table.name, table.source) == ("green-book", "green-book.csv")
    assert table.published is None
    assert table.sha256 == sha256(path.read_bytes()).hexdigest()
    for convention in CONVENTIONS:
        for t in (0, 30, 31, 75, 76):
            known = discount_factor(t, GREEN_BOOK_STPR, convention)
            assert discount_factor(t, table, convention) == known


def test_a_table_as_whoever_reads_it_calls_it(write: Write) -> None:
    path = write("x.csv", "\ufeffnote,rate,first_year\r\nhealth,0.015,0\r\n\r\n,0.0129,31\r\n")

    table = read_rate_table(
        path, name="Health", source="Green Book (fictional)", published=date(2026, 2, 1)
    )

    assert (table.name, table.source) == ("Health", "Green Book (fictional)")
    assert table.published == date(2026, 2, 1)
    assert table.steps == (Step(0, Decimal("0.015")), Step(31, Decimal("0.0129")))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "/: an empty file"),
        ("first_year,rate\n", "line 1: headings, and nothing under them"),
        ("year,rate\n0,0.035\n", "line 1: no column first_year"),
        ("t,r\n0,0.035\n", "line 1: no column first_year, rate"),
        ("first_year,rate,rate\n0,0,0\n", "/: two columns of the same name"),
        ("first_year,rate\n1,0.035\n", "line 2: the first rate is of year 0"),
        (GOOD + "\n76,0.02\n", "line 6: not later than the one before"),
        (GOOD + "3,0.02\n", "line 5: not later than the one before"),
        (GOOD + "126,3.5\n", "line 5: a rate is from 0 to less than 1: 3.5 % is 0.035"),
        (GOOD + "126,1\n", "line 5: a rate is from 0 to less than 1: 3.5 % is 0.035"),
        (GOOD + "126\n", "line 5: 1 cells under 2 headings"),
        (GOOD + "-1,0.02\n", "line 5, column first_year: no whole number of years"),
        (GOOD + "1e2,0.02\n", "line 5, column first_year: no whole number of years"),
        (GOOD + "12600,0.02\n", "line 5, column first_year: no whole number of years"),
        (GOOD + ",0.02\n", "line 5, column first_year: no whole number of years"),
    ],
)
def test_a_fault_is_named_with_its_place(write: Write, content: str, message: str) -> None:
    with pytest.raises(Faulty) as raised:
        read_rate_table(write("x.csv", content))

    assert str(raised.value) == message


@pytest.mark.parametrize(
    "number",
    [
        *(
            "",
            "NaN",
            "sNaN",
            "inf",
            "-0.01",
            "+0.01",
            "2e-2",
            "0.0_2",
            "3.5%",
            "3 %",
            ".03",
            "0,",
        ),
        *("\u0663", "1" * 4, "0." + "1" * 13, "0" * 10**5),
    ],
)
def test_a_rate_is_a_plain_number(write: Write, number: str) -> None:
    path = write("x.csv", f'{GOOD}126,"{number}"\n')

    with pytest.raises(Faulty, match=r"^line 5, column rate: no plain number") as raised:
        read_rate_table(path)

    assert len(str(raised.value)) < 100


def test_rates_are_bounded(write: Write) -> None:
    lines = [f"{year},0.01\n" for year in range(rate_tables.MOST_STEPS + 1)]
    most = write("most.csv", "first_year,rate\n" + "".join(lines[:-1]))
    more = write("more.csv", "first_year,rate\n" + "".join(lines))

    assert len(read_rate_table(most).steps) == rate_tables.MOST_STEPS
    with pytest.raises(Faulty, match=r"^line 502: more than 500 rates$"):
        read_rate_table(more)


def test_a_large_file_is_not_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "MAX_TABLE", len(GOOD) - 1)

    with pytest.raises(Faulty, match="a file of more than"):
        read_rate_table(write("x.csv", GOOD))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")

    with pytest.raises(Faulty, match="no regular file"):
        read_rate_table(tmp_path / "x.csv")


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_rate_table(tmp_path / "none.csv")
