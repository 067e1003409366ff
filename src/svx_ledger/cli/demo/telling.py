"""`demo`: play the story into an empty ledger, and show what came of it."""

import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from svx_ledger.cli import board, showing
from svx_ledger.cli.leverage import report as leverage
from svx_ledger.cli.output import say
from svx_ledger.cli.reports import reports
from svx_ledger.cli.session import Session
from svx_ledger.settings import Settings, redacted

from .log_key import log_key_of
from .seeding import SEED

if TYPE_CHECKING:
    from .player import Played

ADDRESS: Final = "sqlite:///svx-demo.db"
"""Of the ledger that is filled where no other is named, in the current folder."""

INTRODUCTION: Final = """\
A demo: every organisation, person, place and number in it is invented.

When a public body lets a contract, suppliers compete for it in a timed auction.
They bid help that community projects need: money, laptops, hours of experts or
of volunteers. The winner's bid binds it, and those who were promised something
confirm what arrives. All of that is on this ledger, each step decided by its
rules, with simulated time. What happened:"""
SCOPE: Final = """
The police estate by itself, at each stage from what was offered to what was
confirmed. Its last figure is one contract's, and says so.
"""
TRY: Final = {
    "events --stream auction-cleaning": "every bid, also the rejected and the withdrawn",
    "auction board auction-fleetagain": "a ranking decided by a tie",
    "auction board auction-recovery": "an open auction, whose bids are hidden",
    "report awards": "the whole register, with an award that was decided elsewhere",
    "show contract-estates": "the contract of the worked example, and how it was varied",
    "report leverage --basis net": "without what would have come anyway",
}
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Other salts, seconds and opening bids.")
]


def demo(session: Session, *, seed: Seed = SEED) -> None:
    """Fill an empty ledger with a fictional story, and show what came of it.

    Without --ledger it is the file svx-demo.db in the current folder. A used ledger is a
    conflict. The story gives the same bytes each time, for each --seed; behind it comes the key
    that its log can be published with, which is made afresh.
    """
    from .chronicle import page
    from .player import fill
    from .results import auctions, awards, beside, by_contract
    from .story import STORY

    there = Session(lambda: _settings(session), json=session.json)
    played = fill(there.settings.ledger, STORY, seed, log_key_of(there, STORY.origin))
    if there.json:
        for entry in played.chronicle:
            showing.line(entry)
        board.board(there)
        reports.awards(there)
    else:
        say("\n".join((INTRODUCTION, *page(played.chronicle))))
        say("\nAUCTIONS\n")
        auctions(there)
        say("\nAWARD REGISTER\n")
        awards(there)
    _point(there, played, seed)
    _say(there, "\nLEVERAGE\n")
    by_contract(there)
    beside(there)
    _say(there, SCOPE)
    leverage.leverage(there, procurement="procurement-estates")


def _settings(session: Session) -> Settings:
    settings = session.settings
    named = settings.sources["ledger"] != "default"
    return settings if named else replace(settings, ledger=ADDRESS)


def _say(session: Session, text: str) -> None:
    if not session.json:
        say(text)


def _point(session: Session, played: "Played", seed: int) -> None:
    """Say where the ledger is, and what to ask it."""
    address = redacted(session.settings.ledger)
    commands = [f"{program()} {verb} --ledger {shlex.quote(address)}" for verb in TRY]
    if session.json:
        told = {"ledger": address, "seed": seed, "fictional": True, "try": commands}
        showing.line({**told, "commands": played.commands, "events": played.events})
        return
    counted = f"{played.events} events of {played.commands} commands"
    say(f"\nNEXT\n\nThe ledger is {address} and has {counted}. Try:\n")
    for command, shows in zip(commands, TRY.values(), strict=True):
        say(f"  {command}\n      {shows}")


def program() -> str:
    """Return how this program is called here, so that a command can be copied as it stands."""
    script = Path(sys.executable).with_name("svx-ledger")
    on_path = shutil.which(script.name)
    if on_path and script.exists() and script.samefile(on_path):
        return script.name
    if not script.exists():
        return f"{shlex.quote(sys.executable)} -m svx_ledger"
    here = Path.cwd()
    return shlex.quote(str(script.relative_to(here) if script.is_relative_to(here) else script))
