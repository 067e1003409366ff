"""`demo`: play the story into an empty ledger, and show what came of it."""

import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from svx_ledger.cli import board, reports, showing
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session
from svx_ledger.settings import Settings, redacted

ADDRESS: Final = "sqlite:///svx-demo.db"
"""Of the ledger that is filled where no other is named, in the current folder."""

INTRODUCTION: Final = """\
A demo: every organisation, person, place and number in it is invented.

Suppliers that want to run a police estate bid help for community projects. The winner's bid
binds it, is varied, delivered in parts, and confirmed by those who received it. Beside it, a
contract for street lights is in its standstill, and a third auction is still open.
"""
SCOPE: Final = """\
Of the estate contract. The other two have no exchange spend and no delivery yet, so the last
figure is the same over all three.
"""
TRY: Final = {
    "events --stream auction-estates": "every bid, the rejected ones too",
    "show contract-estates": "the contract, and how it was varied",
    "report leverage --basis net": "the figure without what would have come anyway",
}


def demo(session: Session) -> None:
    """Fill an empty ledger with a fictional story, and show what came of it.

    Without --ledger it is the file svx-demo.db in the current folder. A used ledger is a
    conflict. The story gives the same bytes each time.
    """
    from .player import fill
    from .story import STORY

    there = Session(lambda: _settings(session), json=session.json)
    events = fill(there.settings.ledger, STORY)
    _say(there, INTRODUCTION)
    _say(there, "AUCTIONS\n")
    board.board(there)
    if not there.json:
        for auction in ("auction-estates", "auction-recovery"):
            _say(there, "")
            board.board(there, auction)
    _say(there, "\nAWARD REGISTER\n")
    reports.awards(there)
    _say(there, f"\nLEVERAGE\n\n{SCOPE}")
    reports.leverage(there, procurement="procurement-estates")
    _point(there, events)


def _settings(session: Session) -> Settings:
    settings = session.settings
    named = settings.sources["ledger"] != "default"
    return settings if named else replace(settings, ledger=ADDRESS)


def _say(session: Session, text: str) -> None:
    if not session.json:
        say(text)


def _point(session: Session, events: int) -> None:
    """Say where the ledger is, and what to ask it."""
    address = redacted(session.settings.ledger)
    commands = [f"{_program()} {verb} --ledger {shlex.quote(address)}" for verb in TRY]
    if session.json:
        showing.line({"ledger": address, "events": events, "fictional": True, "try": commands})
        return
    say(f"\nThe ledger is {address} and has {events} events. Try:\n")
    for command, shows in zip(commands, TRY.values(), strict=True):
        say(f"  {command}\n      {shows}")


def _program() -> str:
    """Return how this program is called here, so that a command can be copied as it stands."""
    script = Path(sys.executable).with_name("svx-ledger")
    on_path = shutil.which(script.name)
    if on_path and script.exists() and script.samefile(on_path):
        return script.name
    if not script.exists():
        return f"{shlex.quote(sys.executable)} -m svx_ledger"
    here = Path.cwd()
    return shlex.quote(str(script.relative_to(here) if script.is_relative_to(here) else script))
