"""The documentation is true: its links lead somewhere, the commands it names exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    if not any(
        part.startswith(".") or part == "mutants" for part in page.relative_to(ROOT).parts
    )
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def prose(page: Path) -> str:
    """A page without its code blocks, where brackets mean something else."""
    return re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get where Markdown is shown as a page."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    dead = []
    for plain, image in LINK.findall(prose(page)):
        link = plain or image
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = link.partition("#")
        leads_to = page.parent / path if path else page
        if not leads_to.exists() or (
            anchor and leads_to.suffix == ".md" and anchor not in anchors(leads_to)
        ):
            dead.append(link)

    assert dead == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    named = {
        (page.name, target)
        for page in PAGES
        for code in re.findall(r"`+[^`]+`+", page.read_text(encoding="utf-8"))
        for target in re.findall(r"(?m)(?:^|^`)make ([a-z]+)", code)
    }

    assert {pair for pair in named if pair[1] not in targets} == set()
    assert {"demo", "test"} <= {target for name, target in named if name == "README.md"}


def test_the_project_says_what_it_is_allowed_for() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in licence
    assert "Version 2.0" in licence
