"""What the demo shows: the figures of the worked example, and nothing that is hidden."""

import json
import shlex
import shutil
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger.cli.demo import story
from svx_ledger.cli.demo.scenario import Scenario
from svx_ledger.cli.demo.stories.estates import ESTATES
from svx_ledger.cli.demo.winning import Delivery

from .running import run

HEADLINE = "of confirmed gross social value per £1 of exchange spend by public bodies (D1), "


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, without settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("SVX_LEDGER", "SVX_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The ledger that `svx-ledger demo` fills, and what it prints, once for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("demo"))
        patch.delenv("SVX_LEDGER", raising=False)
        patch.delenv("SVX_ACTOR", raising=False)
        code, lines, _ = run("demo")
        assert code == 0
        return Path("svx-demo.db").resolve(strict=True), lines


@pytest.fixture
def shown(folder: Path, told: tuple[Path, list[str]]) -> list[str]:
    """What `svx-ledger demo` prints, with its ledger in this folder."""
    ledger, lines = told
    shutil.copy(ledger, folder)
    return lines


def amount(text: str) -> Decimal:
    """Read `£4,356,500.00`."""
    return Decimal(text.removeprefix("£").replace(",", ""))


def headline(lines: list[str]) -> str:
    """Return the last line, which is the figure of the worked example with its full name."""
    assert f"{HEADLINE}cohort procurement-estates alone, " in lines[-1]
    return lines[-1]


def confirming(need: str, quantity: int) -> Scenario:
    """The story with another quantity confirmed of the first delivery to a need."""

    def changed(part: Delivery) -> Delivery:
        return part._replace(confirmed=quantity) if part == first else part

    contract = ESTATES.contract
    assert contract is not None
    first = next(part for part in contract.deliveries if part.need == need)
    deliveries = tuple(changed(part) for part in contract.deliveries)
    estates = replace(ESTATES, contract=replace(contract, deliveries=deliveries))
    others = (of for of in story.STORY.procurements if of is not ESTATES)
    return replace(story.STORY, procurements=(estates, *others))


def test_the_last_line_is_222_pounds(shown: list[str]) -> None:
    assert headline(shown).startswith("£222.00 of confirmed gross social value per £1 ")


@pytest.mark.parametrize("seed", ["0", "7", "1234567890"])
def test_every_seed_ends_in_the_worked_example(seed: str) -> None:
    code, lines, _ = run("demo", "--seed", seed)

    assert code == 0
    assert headline(lines).startswith("£222.00 ")


def test_the_table_is_that_of_the_worked_example(shown: list[str]) -> None:
    rows = [line.split() for line in shown]
    gross = {row[0]: row[2:] for row in rows if row[1:2] == ["gross"]}

    assert gross["pledged"] == ["£4,957,800.00", "£275.43", "£206.58", "9.92", "£1.61"]
    assert gross["awarded"] == ["£4,356,500.00", "£242.03", "£181.52", "8.71", "£1.41"]
    assert gross["claimed"] == ["£4,322,640.00", "£240.15", "£180.11", "8.65", "£1.40"]
    assert gross["confirmed"] == ["£3,996,000.00", "£222.00", "£166.50", "7.99", "£1.30"]
    assert ["confirmed", "net", "£3,419,214.00", "£189.96", "£142.47", "6.84", "£1.11"] in rows
    assert any(line.strip().startswith("0.8787 of pledged") for line in shown)
    assert any(line.strip().startswith("0.9173 of awarded") for line in shown)
    assert any(line.strip().startswith("£326,640.00 of gross") for line in shown)


def test_all_procurements_together_come_to_another_figure(shown: list[str]) -> None:
    _, lines, _ = run("report", "leverage", "--ledger", "sqlite:///svx-demo.db")
    (together,) = (line.split()[1:] for line in shown if line.startswith("together "))
    (named,) = (line for line in shown if f"{HEADLINE}cohort every procurement, " in line)
    spend, confirmed, ratio = map(amount, together)

    assert named == lines[-1]
    assert named.startswith(f"£{ratio} ")
    assert round(confirmed / spend, 2) == ratio != 222


def test_the_contracts_sum_to_what_they_come_to_together(shown: list[str]) -> None:
    begins = next(n for n, line in enumerate(shown) if "per £1 of D1" in line)
    rows = []
    for line in shown[begins + 1 :]:
        rows.append(line.split()[-3:])
        if line.startswith("together "):
            break
    *each, together = ([amount(cell.replace("-", "0")) for cell in row] for row in rows)

    assert len(each) == 8
    assert [sum(column) for column in zip(*each, strict=True)][:2] == together[:2]


def test_the_chronicle_tells_of_every_turn_in_few_lines(shown: list[str]) -> None:
    told = shown[shown.index("2025") : shown.index("AUCTIONS")]
    says = " ".join(" ".join(told).split())

    assert 60 <= len(told) <= 110
    assert max(map(len, told)) <= 79
    for turn in (
        "is half a minute late: rejected (auction-closed)",
        "Wrenfold withdraws its bid",
        "to the hard stop at 12:12:00",
        "Harle & Fenn passes Cindermill",
        "void the auction",
        "A fire alarm pauses it",
        "In a tie the earlier bid is first",
        "The award is suspended",
        "from £4,957,800 to £4,356,500",
        "a default, of £38,380 in help",
        "240 hours had arrived",
        "370 of 500 hours arrived",
        "correct 4120 to 1420",
    ):
        assert turn in says


def test_indicators_stand_beside_leverage_and_are_said_to_be_no_cause(
    shown: list[str],
) -> None:
    rows = [line.split() for line in shown]

    assert ["mental-health-incidents", "1,840", "1,655", "2026-06-30"] in rows
    assert ["calls-by-ten-callers", "2,310", "1,420", "2026-06-30"] in rows
    assert any("an association, not a cause" in line for line in shown)


def test_changing_one_confirmed_quantity_changes_the_last_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(story, "STORY", confirming("laptops", 540))  # 60 × £300 fewer
    _, lines, _ = run("demo")

    assert headline(lines).startswith(f"£221.00 {HEADLINE}")


def test_it_says_that_all_of_it_is_fictional(shown: list[str]) -> None:
    assert "invented" in shown[0]
    assert sum("(fictional)" in line for line in shown) >= 9


def test_what_the_open_auction_hides_is_withheld(shown: list[str]) -> None:
    _, board, _ = run(
        "auction", "board", "auction-recovery", "--ledger", "sqlite:///svx-demo.db"
    )

    assert "Bids are hidden until the auction is ranked." in board
    assert any(line.split()[-1:] == ["hidden"] for line in shown)
    for hidden in ("70,200", "90,150", "75,000", "quantity-above-cap"):
        assert not any(hidden in line for line in (*shown, *board))


def test_the_commands_to_try_work_as_they_stand(shown: list[str]) -> None:
    commands = [shlex.split(line) for line in shown if "--ledger" in line]

    assert len(commands) == 6
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


def test_its_log_can_be_published_with_a_key_of_its_own(folder: Path) -> None:
    run("demo", "--ledger", "sqlite:///one.db")
    run("demo", "--ledger", "sqlite:///other.db")
    _, (one,), _ = run("key", "log", "--vkey", "--ledger", "sqlite:///one.db")
    _, (other,), _ = run("key", "log", "--vkey", "--ledger", "sqlite:///other.db")
    said = ("publish", "--to", "log", "--once", "--ledger", "sqlite:///one.db")
    code, (told, *_), _ = run(*said)
    checkpoint = (folder / "log" / "checkpoint").read_text(encoding="utf-8")

    assert one.startswith("ledger.example/svx-demo+")
    assert one != other
    assert stat.S_IMODE((folder / "one.log" / "key").stat().st_mode) == 0o600
    assert code == 0
    assert "665" in told
    assert checkpoint.startswith("ledger.example/svx-demo\n665\n")


def test_a_demo_takes_the_key_that_is_there(folder: Path) -> None:
    run("demo")
    _, (first,), _ = run("key", "log", "--vkey", "--ledger", "sqlite:///svx-demo.db")
    for file in folder.glob("svx-demo.*db*"):
        file.unlink()
    run("demo")
    _, (again,), _ = run("key", "log", "--vkey", "--ledger", "sqlite:///svx-demo.db")

    assert again == first


def test_in_json_every_line_is_a_value(folder: Path) -> None:
    code, lines, _ = run("demo", "--json", "--ledger", f"sqlite:///{folder / 'json.db'}")
    values = [json.loads(line) for line in lines]

    assert code == 0
    assert values[-1]["headline"]["amount"] == "222"
    assert any(value.get("fictional") is True and value["seed"] == 1 for value in values)
    assert {"at", "of", "says"} == values[0].keys()
