"""docs/cli.md is complete: every verb and every exit code stands in it, and is tested."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from svx_ledger.api.vocabulary import VERBS
from svx_ledger.cli.app import build
from svx_ledger.cli.failing import Exit
from svx_ledger.domain.vocabulary import COMMANDS

from .conftest import Run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def verbs() -> set[str]:
    """Every verb of the program, with its group."""
    return set(verbs_of(build()))


def verbs_of(app: typer.Typer) -> Iterator[str]:
    """The verbs of a group, each after the names of the groups that it stands in."""
    yield from (command.name for command in app.registered_commands if command.name)
    for group in app.registered_groups:
        for verb in verbs_of(group.typer_instance or typer.Typer()):
            yield f"{group.name} {verb}"


def test_every_verb_has_its_line_and_no_other_has_one() -> None:
    documented = set(re.findall(r"^\| `svx-ledger ([a-z0-9 -]+)` \| \S", PAGE, re.MULTILINE))

    assert documented == verbs()


def test_every_verb_stands_beside_the_command_that_do_takes() -> None:
    rows = re.findall(r"^\| `svx-ledger ([a-z0-9 -]+)` \| .*`(\w+)`\)? \|$", PAGE, re.MULTILINE)
    given = {command: f"{verb.group} {verb.name}" for command, verb in VERBS.items()}

    assert {(verb, command) for verb, command in rows if command in COMMANDS} == {
        (verb, command) for command, verb in given.items() if command != "OpenLedger"
    }


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_explains_itself(svx: Run, verb: str) -> None:
    said = svx(*verb.split(), "--help")

    assert said.code == Exit.DONE
    assert f"{verb} [OPTIONS]" in said.out
    assert "`" not in said.out


def test_every_exit_code_is_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d) \| ", PAGE, re.MULTILINE)}

    assert documented == {*Exit, 7}


def test_every_exit_code_is_tested() -> None:
    tests = "".join(
        page.read_text(encoding="utf-8") for page in Path(__file__).parent.glob("*.py")
    )

    assert [code for code in Exit if f"== Exit.{code.name}\n" not in tests] == []
