"""`svx-ledger audit`: its exit codes, what it prints, and what it tells nobody."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from svx_ledger.cli.app import build
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from tests.attacks.raw import past_guards

from .breach import BREACHES, position
from .forging import Draft
from .playing import honest
from .tables import write_tables

ESTATES = "auction-estates"


class Said(NamedTuple):
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


Svx = Callable[..., Said]


@pytest.fixture
def svx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Svx:
    """Run the program on the ledger `audited.db` in a folder of its own."""
    monkeypatch.setenv("SVX_LEDGER", f"sqlite:///{tmp_path / 'audited.db'}")
    monkeypatch.delenv("SVX_ACTOR", raising=False)

    def run(*arguments: str) -> Said:
        ran = CliRunner().invoke(build(arguments), list(arguments))
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return Said(ran.exit_code, ran.stdout, ran.stderr)

    return run


@pytest.fixture
def clean(tmp_path: Path, svx: Svx) -> Svx:
    fill(f"sqlite:///{tmp_path / 'audited.db'}", STORY)
    return svx


@pytest.fixture
def breached(tmp_path: Path, svx: Svx) -> tuple[Svx, int]:
    draft = Draft(honest("demo"))
    place = BREACHES["late_bid_accepted"].plant(draft)
    write_tables(f"sqlite:///{tmp_path / 'audited.db'}", draft.press())
    return svx, position(place)


def test_a_clean_ledger_ends_with_0_and_its_counts(clean: Svx) -> None:
    said = clean("audit", "--all")

    assert said.code == 0
    assert "664 events on 135 streams, 512 commands, 512 decided again" in said.out
    (summary,) = clean("audit", "--all", "--json", "--processes", "2").lines
    assert summary["clean"] is True
    assert (summary["events"], summary["derived"]) == (664, 512)


def test_one_auction_is_audited_by_kind_and_name(clean: Svx) -> None:
    for arguments in (("auction", ESTATES), (ESTATES,), ("award", "award-estates")):
        said = clean("audit", *arguments)

        assert said.code == 0, said
        assert f"Audited {arguments[-1]} and what it rests on" in said.out
        assert "not checked" in said.out
        (summary,) = clean("audit", *arguments, "--json").lines
        assert summary["clean"] is True
        assert not {"events", "streams", "derived", "commands"} & summary.keys()


def test_what_an_audit_of_one_stream_says_has_no_count_in_it(clean: Svx) -> None:
    for arguments in (("auction-recovery",), ("organisation-kitestone",)):
        said = clean("audit", *arguments)

        assert said.code == 0
        assert not re.search(r"\d", said.out)


def test_a_divergence_ends_with_3_and_is_named(breached: tuple[Svx, int]) -> None:
    svx, at = breached
    said = svx("audit", "--all", "--most", "1")
    rule = BREACHES["late_bid_accepted"].rule

    assert said.code == 3
    assert f"first divergence: {rule} at position {at}, {ESTATES}" in said.out
    assert "recorded: " in said.out
    assert "derived: " in said.out
    *findings, summary = svx("audit", "auction", ESTATES, "--json").lines
    assert summary["first"] == findings[0]["finding"]
    assert summary["clean"] is False
    first = summary["first"]
    assert isinstance(first, dict)
    assert (first["position"], first["rule"]) == (at, rule)


def test_what_is_asked_must_be_one_thing(clean: Svx) -> None:
    for arguments in (
        (),
        ("--all", "auction", ESTATES),
        ("award", ESTATES),
        ("--all", "--without-bid", "1"),
        ("award", "award-estates", "--without-bid", "1"),
        ("--all", "--processes", "0"),
    ):
        assert clean("audit", *arguments).code == 2, arguments


def test_what_is_not_there_ends_with_4(clean: Svx) -> None:
    assert clean("audit", "auction", "auction-nowhere").code == 4
    assert clean("audit", "auction", ESTATES, "--without-bid", "99").code == 4
    assert clean("audit", "auction", "auction-nowhere", "--without-bid", "1").code == 4


def test_a_counterfactual_says_in_every_line_of_its_own_that_it_is_one(clean: Svx) -> None:
    said = clean("audit", "auction", ESTATES, "--without-bid", "7")

    assert said.code == 0
    assert said.out.startswith("HYPOTHETICAL: ")
    assert "HYPOTHETICAL: closed at 2025-06-19 12:00:00Z" in said.out
    assert "HYPOTHETICAL: bid 8 of organisation-brackwater was accepted" in said.out
    (plain,) = clean("audit", "auction", ESTATES, "--without-bid", "7", "--json").lines
    assert plain["marked"] == "HYPOTHETICAL"
    assert plain["winner"] == plain["hypothetical_winner"] == "organisation-brackwater"


def test_a_counterfactual_of_an_auction_that_lacks_an_event_is_none(
    clean: Svx, tmp_path: Path
) -> None:
    of_estates = f"originator_id = '{ESTATES}' AND originator_version = 3"
    with past_guards(f"sqlite:///{tmp_path / 'audited.db'}") as run:
        run(f"DELETE FROM stored_events WHERE {of_estates}")
    said = clean("audit", "auction", ESTATES, "--without-bid", "7")

    assert said.code == 3
    assert said.out == ""
    assert said.err.startswith(f"{ESTATES} at position ")


def test_nobody_learns_of_hidden_bids_from_a_counterfactual(clean: Svx) -> None:
    said = clean("audit", "auction", "auction-recovery", "--without-bid", "1")

    assert said.code == 5
    assert said.out == ""


def test_counts_of_an_open_auction_do_not_tell_of_its_bids(clean: Svx) -> None:
    said = clean("audit", "auction", "auction-recovery", "--json")

    assert said.code == 0
    assert "SubmitBid" not in said.out
