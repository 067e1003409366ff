"""Beside erasing itself: the table that it needs, and doing it again after a restore."""

from .output import say
from .session import Session


def prepare(session: Session) -> None:
    """Add the table of private texts to a ledger that is older than they are.

    Harmless when repeated. On PostgreSQL the owner of the tables does it.
    """
    from svx_ledger.eventlog.open import open_store

    store = open_store(session.settings.ledger)
    try:
        store.add_private_texts()
    finally:
        store.close()
    if not session.json:
        say("The ledger can hold private texts.")


def reapply(session: Session) -> None:
    """Erase again what the log says was erased: for after a restore.

    Says how many texts were back. Harmless when repeated.
    """
    from svx_ledger.eventlog.private_texts import reapply_erasures

    from . import showing

    with session.store() as store:
        erased = reapply_erasures(store)
    if session.json:
        showing.line({"erased_again": erased})
    else:
        say(f"Erased again: {erased}.")
