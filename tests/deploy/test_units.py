"""The units, the composition and the image, as the programs read them that run them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
MOST_EXPOSED = 2.0
"""Of ten, by `systemd-analyze security`; all units have 1.5 there with systemd 252."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, in a folder of their own, with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian's package `systemd`)")
    for file in UNITS:
        text = file.read_text(encoding="utf-8")
        there = text.replace("/opt/svx-ledger/bin/svx-ledger", "/bin/true")
        (tmp_path / file.name).write_text(there, encoding="utf-8")
    return tmp_path


def analysed(folder: Path, *line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *line], cwd=folder, capture_output=True, text=True, check=False
    )


def test_systemd_has_nothing_to_say_against_the_units(units: Path) -> None:
    said = analysed(units, "verify", "--man=no", *(f"./{file.name}" for file in UNITS))

    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("name", [file.name for file in UNITS if file.suffix == ".service"])
def test_a_unit_is_exposed_to_little(units: Path, name: str) -> None:
    said = analysed(units, "security", "--offline=true", "--no-pager", f"./{name}")
    found = re.search(r"exposure level for \S+: ([0-9.]+)", said.stdout)
    if found is None:
        pytest.skip(f"systemd-analyze says no level: {said.stderr}")

    assert float(found[1]) <= MOST_EXPOSED


def test_compose_reads_the_composition() -> None:
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run(
            [docker, "compose", "version"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("`docker compose` is not installed")
    given = {"SVX_APP_PASSWORD": "a", "SVX_OWNER_PASSWORD": "o", "POSTGRES_PASSWORD": "p"}
    said = subprocess.run(
        [docker, "compose", "-f", str(ROOT / "compose.yaml"), "config", "--quiet"],
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr


def test_all_that_the_image_copies_is_there() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]

    assert set(copied) >= {"requirements.lock", "src"}
    assert not [source for source in copied if not (ROOT / source).exists()]
