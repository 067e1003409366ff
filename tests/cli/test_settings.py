"""Settings: who wins, and what is not shown."""

from pathlib import Path

import pytest

from svx_ledger.settings import SERVE_NAMES, BadSettings, read_settings, redacted

from .conftest import Run


def test_an_argument_wins_over_the_environment_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "svx.toml"
    file.write_text('ledger = "sqlite:///file.db"\nactor = "operator:/file"', encoding="utf-8")
    environment = {"SVX_LEDGER": "sqlite:///environment.db"}
    settings = read_settings({"ledger": "sqlite:///argument.db"}, environment, file)
    without = read_settings({"ledger": None}, environment, file)

    assert settings.ledger == "sqlite:///argument.db"
    assert without.ledger == "sqlite:///environment.db"
    assert without.actor == "operator:/file"
    assert without.sources == {
        **dict.fromkeys(("log_key", "mark", "policy"), "default"),
        "ledger": "environment",
        "actor": str(file),
    }
    assert read_settings({}, {}, tmp_path / "none.toml").ledger == "sqlite:///svx.db"


@pytest.mark.parametrize("text", ["ledger = 3", "leger = 'x'", "ledger ="])
def test_a_settings_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "svx.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadSettings, match=r"svx\.toml"):
        read_settings({}, {}, tmp_path / "svx.toml")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///svx.db", "sqlite:///svx.db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("postgresql://me:s3cret@host:5432/db", "postgresql://me:***@host:5432/db"),
        ("postgresql://me:s3/c@ret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:@host/db", "postgresql://me:***@host/db"),
        ("postgresql://host/db?password=s3cret&x=1", "postgresql://host/db?password=***&x=1"),
        ("postgresql:///db?sslpassword=s3cret", "postgresql:///db?sslpassword=***"),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown


def test_the_settings_are_shown_with_where_they_come_from(
    svx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LEDGER", "postgresql://me:s3cret@host/db")
    said = svx("config", "show", "--actor", "operator:/person-1", "--json")

    of_serve = {name: one for name, one in said.json.items() if name.startswith("serve.")}
    assert {name: one for name, one in said.json.items() if name not in of_serve} == {
        "ledger": {"value": "postgresql://me:***@host/db", "source": "environment"},
        "actor": {"value": "operator:/person-1", "source": "argument"},
        "log_key": {"source": "default"},
        "mark": {"source": "default"},
        "policy": {"source": "default"},
    }
    assert of_serve.keys() == {f"serve.{name}" for name in SERVE_NAMES}
    assert of_serve["serve.port"] == {"value": 8000, "source": "default"}
    assert "s3cret" not in svx("config", "show").out


@pytest.mark.parametrize("place", ["before", "after"])
def test_global_options_stand_before_the_verb_or_after_it(svx: Run, place: str) -> None:
    options = ("--ledger", "sqlite:///x.db", "--actor", "operator:/person-1", "--json")
    line = ("config", "show")
    said = svx(*((*options, *line) if place == "before" else (*line, *options)))

    assert said.json["ledger"] == {"value": "sqlite:///x.db", "source": "argument"}
    assert svx("--version").out == svx("config", "show", "--version").out
