"""Settings: who wins, and what is not shown."""

import re
from pathlib import Path

import pytest

from svx_ledger.settings import (
    SERVE_NAMES,
    BadSettings,
    read_serve_settings,
    read_settings,
    redacted,
    unknown_variables,
)

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
        ("postgresql://me:@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me%40site%2F:s%3Ad@host/db", "postgresql://me%40site%2F:***@host/db"),
        ("postgres://me:s3?c:r%40et@[::1]:1,b/db", "postgres://me:***@[::1]:1,b/db"),
        (
            "postgresql://host/db?password=s3cret&sslmode=verify-full",
            "postgresql://host/db?password=***&sslmode=verify-full",
        ),
        ("postgresql:///db?sslpassword=s3cret", "postgresql:///db?sslpassword=***"),
        ("postgresql:///db?host=/run/a&user=me", "postgresql:///db?host=/run/a&user=me"),
        ("postgresql://me@host/db?pass%77ord=s3cret", "postgresql://me@host/db?pass%77ord=***"),
        ("postgresql://me@host/db?pasword=s3cret", "postgresql://me@host/db?pasword=***"),
        (
            "postgresql://me@host:1/db?password=s3@cret",
            "postgresql://me@host:1/db?password=***",
        ),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown


@pytest.mark.parametrize(
    "text",
    [
        "postgres:/me:s3cret@host/db",
        "postgresql:me:s3cret@host/db",
        "POSTGRESQL://me:s3cret@host/db",
        "me:s3cret@host/db",
        "host=h user=me password = s3cret",
        "sqlite://me:s3cret@host/db",
        "sqlite:///svx.db?password=s3cret",
        "postgresql://me:s3/c@ret@host/db",
        "postgresql://me:12/s3cret@host/db",
        "postgresql://me:1@s3cret@host/db",
        "postgresql://m/e:s3cret@host/db",
        "postgresql://me#x:s3cret@host/db",
        "postgresql://me%3As3cret@host/db",
        "postgresql://me%3as3cret@host/db",
        "postgresql://me@host/db?s3cret",
        "postgresql://me@host/db?sslmode=prefer=s3cret",
        "postgresql://me@host/db\n?password=s3cret",
    ],
)
def test_of_what_is_no_address_nothing_is_shown(text: str) -> None:
    assert redacted(text) == "not an address (not shown)"


def test_a_variable_that_is_no_setting_is_named(
    svx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {f"SVX_SERVE_{name.upper()}": "" for name in SERVE_NAMES}
    known |= {"SVX_LEDGER": "", "SVX_POLICY": "", "SVX_TEST_DATA": "", "SVX_KEY": "", "SVX": ""}
    mistyped = {"SVX_SERVE_WORKER": "3", "SVX_PUBLISH": "", "svx_serve_port": "1"}

    assert unknown_variables(known) == []
    assert unknown_variables(known | mistyped) == [
        "SVX_PUBLISH",
        "SVX_SERVE_WORKER",
        "svx_serve_port",
    ]

    assert svx("config", "show").err == ""
    monkeypatch.setenv("SVX_SERVE_WORKER", "s3cret")
    said = svx("config", "show")
    assert (said.code, said.err) == (
        0,
        "no setting has this name, and it is ignored: SVX_SERVE_WORKER\n",
    )
    as_json = svx("config", "show", "--json")
    assert "SVX_SERVE_WORKER" in as_json.problem["title"]
    assert "s3cret" not in said.out + as_json.out + as_json.err


def test_what_the_tests_read_is_no_mistake() -> None:
    tests = Path(__file__).parent.parent
    read = re.compile(r'environ(?:\.get\(|\[)"(SVX_\w+)"')
    names = {
        name
        for folder in (tests, tests.parent / "benchmarks")
        for file in folder.rglob("*.py")
        for name in read.findall(file.read_text(encoding="utf-8"))
    }

    assert "SVX_TEST_DATA" in names
    assert unknown_variables(dict.fromkeys(names, "")) == []


@pytest.mark.parametrize(
    "word",
    [
        *("no", "0", "off", "yes", "on", "1", "No", " off ", 0, 1),
        *("none", "disabled", "disable", "enabled", "null", "log"),
    ],
)
def test_a_word_for_true_or_false_is_no_folder(tmp_path: Path, word: str | int) -> None:
    given = {"publish": word}
    with pytest.raises(BadSettings, match=r"true, false, or a folder with a /, such as \./"):
        read_serve_settings(given, {}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(("true", "true"), (True, "true"), ("TRUE", "true"), ("False", "false"), ("", "")),
        *((" ./no ", "./no"), ("/srv/log", "/srv/log"), ("public/log", "public/log")),
    ],
)
def test_where_to_publish_is_true_false_or_a_folder(
    tmp_path: Path, text: object, meant: str
) -> None:
    assert read_serve_settings({"publish": text}, {}, tmp_path / "none.toml").publish == meant


@pytest.mark.parametrize("text", [",", " ", ", ,", "\t"])
def test_a_proxy_that_is_empty_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSettings, match=r"proxy \(environment\) names no proxy"):
        read_serve_settings({}, {"SVX_SERVE_PROXY": text}, tmp_path / "none.toml")


def test_proxies_are_those_that_are_named(tmp_path: Path) -> None:
    named = {"SVX_SERVE_PROXY": " 127.0.0.1 ,, 10.0.0.0/8,"}
    file = tmp_path / "none.toml"

    assert read_serve_settings({}, named, file).proxies == ["127.0.0.1", "10.0.0.0/8"]
    assert read_serve_settings({}, {"SVX_SERVE_PROXY": ""}, file).proxies == []
    assert read_serve_settings({}, {"SVX_SERVE_HOST": " ::1 "}, file).host == "::1"
    with pytest.raises(BadSettings, match="host"):
        read_serve_settings({}, {"SVX_SERVE_HOST": " "}, file)


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


def test_a_host_is_named_in_any_case(tmp_path: Path) -> None:
    for given in ("LOCALHOST", " LocalHost "):
        settings = read_serve_settings({"host": given}, {}, tmp_path / "none.toml")
        assert settings.host == "localhost"
