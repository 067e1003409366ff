"""The program in a folder of its own, and ledgers to use it on."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from typer.testing import CliRunner

from svx_ledger import open_ledger
from svx_ledger.cli.app import build
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock
from tests.domain.outcome import NOON, OPERATOR
from tests.projections.deal import AWARDED, CLAIMED, CONFIRMED, PLEDGED, Deal
from tests.projections.play import Play
from tests.proofs.written_log import WrittenLog, records

OPERATOR_TEXT = "operator:/person-op"
PRIVATE_TEXT = "Ask for the treasurer, mornings only (fictional)"


@dataclass(frozen=True)
class Said:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON values on standard output, a line each."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def problem(self) -> Any:
        """The problem object on standard error."""
        return json.loads(self.err)


Run = Callable[..., Said]


@pytest.fixture
def svx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in an empty folder, without settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("SVX_LEDGER", "SVX_ACTOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, stdin: str | bytes | None = None) -> Said:
        ran = CliRunner().invoke(build(arguments), list(arguments), input=stdin)
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return Said(ran.exit_code, ran.stdout, ran.stderr)

    return run


@pytest.fixture
def opened(svx: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program on an open ledger, used by its operator."""
    assert svx("init", "--origin", "ledger.example/test").code == 0
    monkeypatch.setenv("SVX_ACTOR", OPERATOR_TEXT)
    return svx


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    """A published log of 600 records, in the folder `log`."""
    return WrittenLog(tmp_path / "log", records(600))


@pytest.fixture
def ledger(opened: Run, tmp_path: Path) -> WrittenLog:
    """The log, in the folder `published`, of a ledger with eight private texts."""
    for number in range(8):
        side = ("--side", "supplier", "--identifier", f"scheme=GB-COH,id=0123{number:04}")
        name = (f"organisation-brightway{number}", "--name", f"Brightway {number} (fictional)")
        said = opened("organisation", "register", *name, *side, "--contact", PRIVATE_TEXT)
        assert said.code == 0, said.err
    with closing(open_store("sqlite:///svx.db")) as store:
        stored = [row.record for row in store.rows()]
    return WrittenLog(tmp_path / "published", stored, cosigned=[4_000_000_000])


class PlayOnLedger(Play):
    """A play whose every command also goes through a ledger; the clock's follow from it."""

    def __init__(self, ledger: Ledger, clock: SimulatedClock) -> None:
        super().__init__()
        self._ledger = ledger
        self._clock = clock

    def do(self, command: Command, by: Actor, at: datetime | None = None) -> None:
        """Give a command to the rules and to the ledger."""
        super().do(command, by, at)
        if not command.by_clock:
            self._clock.advance_to(self.now)
            assert isinstance(self._ledger.execute(command, by), Sequenced)


def played(
    url: str,
    scenes: Callable[[Deal], None],
    kept: Literal["real", "simulated"] = "simulated",
) -> Deal:
    """Play scenes into a new ledger with simulated time, or with real time as it was."""
    clock = SimulatedClock(NOON)
    clock.kind = kept
    with open_ledger(url, clock=clock, create=True) as ledger, closing(ledger.store):
        begin = OpenLedger(ledger_id="ledger-test", origin="ledger.example/test", clock=kept)
        assert isinstance(ledger.execute(begin, OPERATOR), Sequenced)
        deal = Deal(PlayOnLedger(ledger, clock))
        scenes(deal)
    return deal


@dataclass(frozen=True)
class Example:
    """A ledger to read."""

    url: str
    deal: Deal


def to_the_bids(deal: Deal) -> None:
    """Up to an auction with bids on both sides, one of them rejected."""
    deal.prepare()
    deal.spend(18_000)
    deal.administer(6_000)
    deal.draft()
    deal.bid(deal.winner, {"cash": 10, "laptop": 1})
    deal.bid(deal.rival, {"cash": 4_200_000})
    deal.bid(deal.winner, PLEDGED)


def to_the_end(deal: Deal) -> None:
    """The worked example."""
    to_the_bids(deal)
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    deal.vary(AWARDED)
    for measure, claimed in CLAIMED.items():
        deal.deliver(measure, claimed, CONFIRMED[measure])


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The worked example, complete. Not to be written to."""
    url = f"sqlite:///{tmp_path_factory.mktemp('example') / 'ledger.db'}"
    return Example(url, played(url, to_the_end))


@pytest.fixture(scope="session")
def bidding(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The same while bids are hidden. Not to be written to."""
    url = f"sqlite:///{tmp_path_factory.mktemp('bidding') / 'ledger.db'}"
    return Example(url, played(url, to_the_bids))
