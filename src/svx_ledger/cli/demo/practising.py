"""`practice`: fill an empty ledger up to an auction that is open now, and say how to bid."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.settings import Settings, redacted

from .log_key import log_key_of
from .telling import program

if TYPE_CHECKING:
    from .practice_story import Practice

ADDRESS: Final = "sqlite:///svx-practice.db"
"""Of the ledger that is filled where no other is named, in the current folder."""
Minutes = Annotated[
    int,
    typer.Option(
        "--minutes", metavar="N", min=1, max=10_000, help="For how long the auction is open."
    ),
]


def practice(session: Session, *, minutes: Minutes = 60) -> None:
    """Fill an empty ledger up to an open auction, and make keys for two bidders and the log.

    Without --ledger it is the file svx-practice.db in the current folder. Everybody in it is
    invented; its time is real. The bidders' keys are shown once.
    """
    from .practice_story import ORIGIN, prepare

    there = Session(lambda: _settings(session), json=session.json)
    _unless_half_removed(there.settings)
    with there.ledger(create=True) as ledger:
        made = prepare(ledger, minutes, log_key_of(there, ORIGIN))
    address = redacted(there.settings.ledger)
    if there.json:
        showing.line({**made._asdict(), "ledger": address, "fictional": True})
        return
    _tell(made, address)


def _tell(made: "Practice", address: str) -> None:
    (own, key), (rival, other) = made.keys.items()
    say(
        f"A practice ledger: everybody in it is invented. It is {address}.\n"
        f"{made.auction_id} is open until {made.closes_at:%Y-%m-%d %H:%M:%S}Z.\n\n"
        f"{_served(made, address)}\n\n"
        f"The key of a bidder for {own}, shown once:\n\n  export SVX_KEY={key}\n\n"
        f"That of its rival, {rival}:\n\n  export SVX_RIVAL_KEY={other}\n\n"
        f"What to bid for is {made.need_id}, in pounds."
    )


def _unless_half_removed(settings: Settings) -> None:
    """Refuse a ledger of which only the file was removed: it reads as restored."""
    from svx_ledger.eventlog.open import sqlite_file
    from svx_ledger.publishing.state.sqlite import log_folder

    file = sqlite_file(settings.ledger)
    if file is not None and not file.exists():
        folder = log_folder(file)
        if folder.exists():
            raise Usage(
                f"{folder} is what an earlier ledger left, and {file} is gone: where that was "
                "for practice, remove the folder, too; else name another with --ledger."
            )


def _served(made: "Practice", address: str) -> str:
    """Say how it is served, and published where its log has a key."""
    line = f"{program()} serve --ledger {address}"
    if made.log_key is None:
        return (
            f"Serve it:\n\n  {line}\n\n"
            "Its log has no key, and is not published: no setting says where the private half\n"
            "is kept (SVX_LOG_KEY). Name a file, and make one: svx-ledger key log make."
        )
    return (
        f"Serve it, and publish its log:\n\n  {line} --publish true\n\n"
        f"The key of its log, with which receipts are checked:\n\n  {made.log_key}"
    )


def _settings(session: Session) -> Settings:
    settings = session.settings
    named = settings.sources["ledger"] != "default"
    return settings if named else replace(settings, ledger=ADDRESS)
