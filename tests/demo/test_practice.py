"""`svx-ledger practice`: what is there to try, and to publish."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svx_ledger.cli.app import build
from svx_ledger.cli.failing import Exit


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's settings are read."""
    monkeypatch.chdir(tmp_path)
    for name in ("SVX_LEDGER", "SVX_ACTOR", "SVX_LOG_KEY", "SVX_MARK", "SVX_POLICY"):
        monkeypatch.delenv(name, raising=False)


def svx(*line: str) -> str:
    """Run the program and return what it says."""
    ran = CliRunner().invoke(build([*line]), [*line])
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def test_its_log_can_be_published_and_checked() -> None:
    told = svx("practice")
    ledger = ("--ledger", "sqlite:///svx-practice.db")
    key = svx("key", "log", "show", "--vkey", *ledger).strip()
    svx("publish", "--to", "published", "--once", *ledger)

    assert key.startswith("ledger.example/svx-practice+")
    assert f"\n  {key}\n" in told
    assert "serve --ledger sqlite:///svx-practice.db --publish true\n" in told
    assert svx("verify", "log", "published", "--key", key).startswith("verified: ")


def test_in_json_the_key_is_named() -> None:
    made = json.loads(svx("practice", "--json"))

    assert made["log_key"].startswith("ledger.example/svx-practice+")
    assert Path("svx-practice.log/key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", [None, "mine"])
def test_what_an_earlier_one_left_is_named(name: str | None) -> None:
    line = ["practice", *(["--ledger", f"sqlite:///{name}.db"] if name else [])]
    file = Path(f"{name or 'svx-practice'}.db")
    svx(*line)
    svx("publish", "--to", "published", "--once", "--ledger", f"sqlite:///{file}")
    file.unlink()
    refused = CliRunner().invoke(build([*line]), [*line])
    shutil.rmtree(file.with_suffix(".log"))

    assert refused.exit_code == Exit.USAGE
    assert (
        f"{file.stem}.log is what an earlier ledger left, and {file} is gone" in refused.stderr
    )
    assert not file.exists()
    assert svx(*line).startswith("A practice ledger")


def test_without_a_place_for_a_key_that_is_said(postgres_url: str) -> None:
    told = svx("practice", "--ledger", postgres_url)

    assert "--publish" not in told
    assert "Its log has no key, and is not published" in told
