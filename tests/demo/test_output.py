"""What the demo shows: the figures of the worked example, and nothing that is hidden."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svx_ledger.cli.app import build
from svx_ledger.cli.demo import story
from svx_ledger.cli.demo.scenario import Delivery, Scenario

HEADLINE = "of confirmed gross social value per £1 of exchange spend by public bodies (D1), "


def run(*arguments: str) -> tuple[int, list[str], str]:
    """Run the program; return its exit code, its lines, and what it said beside them."""
    ran = CliRunner().invoke(build(arguments), list(arguments))
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, ran.stdout.splitlines(), ran.stderr


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, without settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("SVX_LEDGER", "SVX_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def shown(folder: Path) -> list[str]:
    """What `svx-ledger demo` prints."""
    code, lines, _ = run("demo")
    assert code == 0
    assert (folder / "svx-demo.db").exists()
    return lines


def headline(lines: list[str]) -> str:
    (found,) = (line for line in lines if HEADLINE in line)
    return found


def confirming(need: str, quantity: int) -> Scenario:
    """The story with another quantity confirmed of the first delivery to a need."""

    def changed(part: Delivery) -> Delivery:
        return part._replace(confirmed=quantity) if part == first else part

    contract = story.ESTATES.contract
    assert contract is not None
    first = next(part for part in contract.deliveries if part.need == need)
    deliveries = tuple(changed(part) for part in contract.deliveries)
    estates = replace(story.ESTATES, contract=replace(contract, deliveries=deliveries))
    return replace(story.STORY, procurements=(estates, *story.STORY.procurements[1:]))


def test_the_last_line_of_the_table_is_222_pounds(shown: list[str]) -> None:
    table_ends = shown.index(headline(shown))

    assert shown[table_ends].startswith(f"£222.00 {HEADLINE}cohort procurement-estates alone, ")
    assert shown[table_ends + 1] == ""
    assert shown[table_ends + 2].startswith("The ledger is sqlite:///svx-demo.db ")


def test_the_table_is_that_of_the_worked_example(shown: list[str]) -> None:
    rows = [line.split() for line in shown]
    gross = {row[0]: row[2:] for row in rows if row[1:2] == ["gross"]}

    assert gross["pledged"] == ["£4,957,800.00", "£275.43", "£206.58", "9.92"]
    assert gross["awarded"] == ["£4,356,500.00", "£242.03", "£181.52", "8.71"]
    assert gross["claimed"] == ["£4,322,640.00", "£240.15", "£180.11", "8.65"]
    assert gross["confirmed"] == ["£3,996,000.00", "£222.00", "£166.50", "7.99"]
    assert ["confirmed", "net", "£3,419,214.00", "£189.96", "£142.47", "6.84"] in rows
    assert any(line.startswith("0.8787 of pledged") for line in shown)
    assert any(line.startswith("0.9173 of awarded") for line in shown)
    assert any(line.startswith("£326,640.00 of gross") for line in shown)


@pytest.mark.usefixtures("shown")
def test_over_all_procurements_the_last_line_is_the_same() -> None:
    _, lines, _ = run("report", "leverage", "--ledger", "sqlite:///svx-demo.db")

    assert lines[-1].startswith(f"£222.00 {HEADLINE}cohort every procurement, ")


def test_changing_one_confirmed_quantity_changes_the_last_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(story, "STORY", confirming("laptops", 540))  # 60 × £300 fewer
    _, lines, _ = run("demo")

    assert headline(lines).startswith(f"£221.00 {HEADLINE}")


def test_it_says_that_all_of_it_is_fictional(shown: list[str]) -> None:
    assert "invented" in shown[0]
    assert sum("(fictional)" in line for line in shown) > 10


def test_what_the_open_auction_hides_is_withheld(shown: list[str]) -> None:
    assert "Bids are hidden until the auction is ranked." in shown
    for hidden in ("70,200", "90,150", "75,000", "quantity-above-cap"):
        assert not any(hidden in line for line in shown)


def test_the_three_commands_work_as_they_stand(shown: list[str]) -> None:
    commands = [shlex.split(line) for line in shown if "--ledger" in line]

    assert len(commands) == 3
    for program, *arguments in commands:
        code, lines, _ = run(*arguments)

        assert program.endswith("svx-ledger")
        assert code == 0
        assert lines


@pytest.mark.usefixtures("shown")
def test_a_used_ledger_is_refused_with_the_remedy() -> None:
    code, lines, said = run("demo")

    assert code == 5
    assert lines == []
    assert "ledger-used" in said
    assert "--ledger" in said


def test_a_ledger_with_real_time_is_refused_too() -> None:
    run("init")
    code, _, said = run("demo", "--ledger", "sqlite:///svx.db")

    assert code == 5
    assert "ledger-used" in said


def test_another_ledger_can_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVX_LEDGER", "sqlite:///elsewhere.db")
    code, lines, _ = run("demo")

    assert code == 0
    assert (folder / "elsewhere.db").exists()
    assert any("sqlite:///elsewhere.db" in line for line in lines)


def test_a_story_that_breaks_a_rule_is_refused_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "STORY", confirming("laptops", 601))
    code, _, said = run("demo")

    assert code == 6
    assert "confirmed-above-claimed" in said


def test_in_json_every_line_is_a_value(folder: Path) -> None:
    code, lines, _ = run("demo", "--json", "--ledger", f"sqlite:///{folder / 'json.db'}")
    values = [json.loads(line) for line in lines]

    assert code == 0
    assert values[-2]["headline"]["amount"] == "222"
    assert values[-1]["fictional"] is True
