"""What is handed to whoever runs the service: it parses, names what exists, and is hardened."""

import re
import shlex
import sqlite3
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
import yaml  # type: ignore[import-untyped]
from typer.testing import CliRunner

from svx_ledger import open_ledger
from svx_ledger.cli.app import build
from svx_ledger.cli.projector import PORT
from svx_ledger.eventlog.open import open_store
from svx_ledger.settings import NAMES, SERVE_NAMES
from tests.proofs.written_log import VKEY
from tests.world import begin

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
OURS = [name for name, one in COMPOSE["services"].items() if "build" in one]


def unit(file: Path) -> dict[str, dict[str, str]]:
    parser = RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(file.read_text(encoding="utf-8"))
    return {section: dict(parser[section]) for section in parser.sections()}


def lines() -> Iterator[tuple[str, list[str]]]:
    """Every line of the program that is written anywhere, without the program's name."""
    for name in OURS:
        if "command" in COMPOSE["services"][name]:
            yield f"compose.yaml {name}", COMPOSE["services"][name]["command"]
    for file in UNITS:
        program, *line = shlex.split(unit(file)["Service"]["ExecStart"])
        assert program == "/opt/svx-ledger/bin/svx-ledger"
        yield file.name, line
    for block in re.findall(r"(?ms)^```console\n(.*?)^```", PAGE):
        for line in re.findall(r"^\$ svx-ledger (.*?)(?: +#.*)?$", block, re.MULTILINE):
            yield "docs/operations.md", shlex.split(line)
    for line in re.findall(r"`svx-ledger ([a-z][^`]*)`", PAGE.replace("\n", " ")):
        yield "docs/operations.md", shlex.split(line)


@pytest.mark.parametrize(("where", "line"), list(lines()))
def test_every_verb_and_option_exists(where: str, line: list[str]) -> None:
    command: Any = typer.main.get_command(build())
    parts = list(line)
    while hasattr(command, "commands"):
        word = parts.pop(0)
        assert word in command.commands, (where, word)
        command = command.commands[word]
    options = {o for parameter in command.params for o in parameter.opts}
    given = {part.partition("=")[0] for part in parts if part.startswith("--")}
    assert given <= options, where


def test_every_file_of_compose_is_there() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), source
    assert (ROOT / COMPOSE["services"]["api"]["build"]["dockerfile"]).is_file()
    network = COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert f"--proxy={network}" in COMPOSE["services"]["api"]["command"]


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_containers_are_hardened(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name != "postgres":  # which writes where it likes inside its container
        assert service["read_only"]
    if name in OURS:
        assert "cap_add" not in service
    if name != "proxy":
        assert "ports" not in service


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_units_are_hardened(file: Path) -> None:
    service = unit(file)["Service"]

    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    if "witness" in file.name:  # of somebody else: it knows nothing of a ledger
        assert service["User"] == "svx-witness"
        assert service["UMask"] == "0077"
        assert "EnvironmentFile" not in service
        return
    assert service["User"] == "svx"
    publishes = "--role projector" in service["ExecStart"]  # for a web server to read
    assert service["UMask"] == ("0022" if publishes else "0077")
    assert service["EnvironmentFile"] == "/etc/svx-ledger/environment"


def test_nothing_that_listens_has_the_key_of_the_log() -> None:
    having = {
        name
        for name, one in COMPOSE["services"].items()
        if any(volume.startswith("key:") for volume in one.get("volumes", []))
    }
    api = unit(DEPLOY / "systemd" / "svx-ledger-api.service")["Service"]

    assert having == {"log-key", "first-publication", "projector", "doctor"}
    assert api["InaccessiblePaths"] == "-/etc/svx-ledger/log-key"


@pytest.mark.parametrize("name", ["api", "projector", "log-key", "first-publication", "doctor"])
def test_whatever_writes_knows_the_mark_and_only_who_publishes_changes_it(name: str) -> None:
    service = COMPOSE["services"][name]
    (mark,) = (volume for volume in service["volumes"] if volume.startswith("mark:"))
    published = [volume for volume in service["volumes"] if volume.startswith("published:")]

    assert service["environment"]["SVX_MARK"] == "/mark/mark"
    assert mark == ("mark:/mark" if published else "mark:/mark:ro")


def test_each_variable_of_the_program_is_one_of_its_settings() -> None:
    known = {f"SVX_{name.upper()}" for name in NAMES}
    known |= {f"SVX_SERVE_{name.upper()}" for name in SERVE_NAMES}
    given = {name for one in OURS for name in COMPOSE["services"][one]["environment"]}
    for file in UNITS:
        given |= set(re.findall(r"\b(SVX_[A-Z_]+)=", file.read_text(encoding="utf-8")))

    assert given <= known
    assert {"SVX_LOG_KEY", "SVX_MARK", "SVX_POLICY", "SVX_SERVE_PUBLISH"} <= given


def test_proxies_hand_out_what_is_published() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    projector = unit(DEPLOY / "systemd" / "svx-ledger-projector.service")["Service"]

    assert re.findall(r"location (?:= )?(/log/\S+) \{", nginx) == [
        "/log/checkpoint",
        "/log/tile/",
    ]
    assert nginx.count("try_files $uri @service;") == nginx.count("root /srv/svx-ledger;") == 2
    assert "-/srv/svx-ledger/log" in projector["ReadWritePaths"].split()
    assert "path /log/checkpoint /log/tile/*" in caddy
    assert "published:/srv/log:ro" in COMPOSE["services"]["proxy"]["volumes"]
    assert "published:/srv/log" in COMPOSE["services"]["projector"]["volumes"]


def test_a_witness_without_its_state_is_not_started_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = unit(DEPLOY / "systemd" / "svx-ledger-witness.service")["Service"]
    _, *line = shlex.split(service["ExecStart"])
    monkeypatch.chdir(tmp_path)
    file = line[line.index("--key") + 1]
    key = ["witness", "key", "--name", "witness.example", "--out", file]
    assert CliRunner().invoke(build(key), key).exit_code == 0
    (tmp_path / f"{file}.state").unlink()
    line[line.index("--log") + 1] = VKEY
    said = CliRunner().invoke(build(line), line)

    assert "must not cosign again" in said.stderr
    assert str(said.exit_code) == service["RestartPreventExitStatus"]


def test_the_projector_listens_beside_the_api() -> None:
    ports = {}
    for role in ("api", "projector"):
        line = shlex.split(
            unit(DEPLOY / "systemd" / f"svx-ledger-{role}.service")["Service"]["ExecStart"]
        )
        assert line[line.index("--role") + 1] == role
        ports[role] = int(line[line.index("--port") + 1])
    (_, _, _, asked) = COMPOSE["services"]["projector"]["healthcheck"]["test"]

    assert ports == {"api": 8000, "projector": PORT}
    assert f"127.0.0.1:{PORT}/ready" in asked


def test_each_timer_has_its_service() -> None:
    (timer,) = (DEPLOY / "systemd").glob("*.timer")

    assert timer.with_suffix(".service") in UNITS
    assert unit(timer)["Timer"]["OnCalendar"]


def test_proxies_pass_streams_on_as_they_come() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    assert nginx.count("{") == nginx.count("}")
    assert caddy.count("{") == caddy.count("}")
    assert "proxy_buffering off;" in nginx
    assert "flush_interval -1" not in caddy  # with it a reader that has gone is served on
    for text in (nginx, caddy):
        assert re.search(r"X-Forwarded-For (\$remote_addr|\{remote_host\})", text)
        assert "/metrics" in text
        assert re.search(r"64k", text, re.IGNORECASE)


def test_every_setting_of_serve_is_documented() -> None:
    named = set(re.findall(r"`SVX_SERVE_([A-Z_]+)`", PAGE))

    assert named == {name.upper() for name in SERVE_NAMES}


def test_a_backup_as_documented_is_a_ledger(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path / 'svx.db'}", create=True) as ledger:
        begin(ledger)
        with (  # what `.backup` of the sqlite3 program does, while the ledger is in use
            closing(sqlite3.connect(tmp_path / "svx.db")) as source,
            closing(sqlite3.connect(tmp_path / "copy.db")) as copy,
        ):
            source.backup(copy)
        kept = ledger.store.head()
    with closing(open_store(f"sqlite:///{tmp_path / 'copy.db'}")) as store:
        store.check()
        assert store.head() == kept


def test_the_roles_of_the_database_do_what_they_are_for(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LOG_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("SVX_MARK", str(tmp_path / "mark"))

    def run(url: str, file: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute((DEPLOY / "postgres" / file).read_bytes())

    def svx(role: str, *line: str) -> tuple[int, str]:
        url = postgres_url.replace("//svx@", f"//{role}@")
        said = CliRunner().invoke(build(line), [*line, "--ledger", url])
        return said.exit_code, said.output

    try:
        run(postgres_url, "roles.sql")
        assert svx("svx_owner", "init")[0] == 0
        run(postgres_url.replace("//svx@", "//svx_owner@"), "grants.sql")
        code, said = svx("svx_app", "doctor")
        assert (code, "svx_app reads and appends, and no more" in said) == (0, True), said
        register = ("organisation", "register", "--side", "supplier", "--name", "A (fictional)")
        given = ("--identifier", "scheme=GB-COH,id=A1", "--actor", "operator:/person-1")
        assert svx("svx_app", *register, *given)[0] == 0
        assert svx("svx_app", "report", "organisation", "organisation-none")[0] == 4
        assert svx("svx_app", "projections", "status")[0] == 0
        assert svx("svx_app", "projections", "rebuild")[0] == 0
        assert svx("svx_app", "key", "log", "make", "--actor", "operator:/person-1")[0] == 0
        once = ("publish", "--once", "--to", str(tmp_path / "log"))
        code, said = svx("svx_app", *once)
        assert (code, "let the owner of the ledger's tables run" in said) == (1, True), said
        assert svx("svx_owner", *once)[0] == 0
        assert (
            svx("svx_app", *register, "--identifier", "scheme=GB-COH,id=A2", *given[2:])[0] == 0
        )
        assert svx("svx_app", *once)[0] == 0
        code, said = svx("svx_app", "doctor")
        assert (code, "svx_app reads and appends, and no more" in said) == (0, True), said
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            for role in ("svx_app", "svx_owner"):
                connection.execute(f"DROP OWNED BY {role} CASCADE")
                connection.execute(f"DROP ROLE {role}")
