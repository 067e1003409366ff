"""`practice`: fill an empty ledger up to an auction that is open now, and say how to bid."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session
from svx_ledger.settings import Settings, redacted

from .telling import program

if TYPE_CHECKING:
    from .practice import Practice

ADDRESS: Final = "sqlite:///svx-practice.db"
"""Of the ledger that is filled where no other is named, in the current folder."""
Minutes = Annotated[
    int,
    typer.Option(
        "--minutes", metavar="N", min=1, max=10_000, help="For how long the auction is open."
    ),
]


def practice(session: Session, *, minutes: Minutes = 60) -> None:
    """Fill an empty ledger up to an open auction, and make keys for two bidders.

    Without --ledger it is the file svx-practice.db in the current folder. Everybody in it is
    invented; its time is real. The keys are shown once.
    """
    from .practice import prepare

    there = Session(lambda: _settings(session), json=session.json)
    with there.ledger(create=True) as ledger:
        made = prepare(ledger, minutes)
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
        f"Serve it:\n\n  {program()} serve --ledger {address}\n\n"
        f"The key of a bidder for {own}, shown once:\n\n  export SVX_KEY={key}\n\n"
        f"That of its rival, {rival}:\n\n  export SVX_RIVAL_KEY={other}\n\n"
        f"What to bid for is {made.need_id}, in pounds."
    )


def _settings(session: Session) -> Settings:
    settings = session.settings
    named = settings.sources["ledger"] != "default"
    return settings if named else replace(settings, ledger=ADDRESS)
