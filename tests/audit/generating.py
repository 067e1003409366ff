"""Generated histories for clean runs: so many auctions, the same for the same seed."""

from contextlib import closing

from benchmarks.generator.press import Direct
from benchmarks.generator.stories import EVENTS_A_STORY, History

from svx_ledger.audit import Audit
from svx_ledger.eventlog.open import open_store

EVENTS_AN_AUCTION = EVENTS_A_STORY


def generate(url: str, auctions: int, *, seed: int) -> int:
    """Write a history of about so many auctions onto an empty store; return its events."""
    with closing(open_store(url)) as store:
        store.create()
        press = Direct(store, seed)
        history = History(auctions * EVENTS_AN_AUCTION, seed)
        for _ in history.play(press.give, press.forget):
            pass
        press.close()
    return history.written


def auctions_in(audit: Audit) -> int:
    """Return how many auctions an audited history has."""
    return audit.commands.get("DraftAuction", 0)
