"""One run of a verb: its settings, who acts, and the ledger it opens and closes again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from svx_ledger.settings import Settings

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.eventlog.store import Store
    from svx_ledger.ledger import Clock, Ledger

ACTOR_FORM = (
    "ROLE:ORGANISATION/PERSON, e.g. authority.buyer:organisation-8f3k/person-7k2m, "
    "or operator:/person-7k2m"
)


class Usage(Exception):
    """The command line does not say what is needed; the text says what would."""


class Damaged(Exception):
    """The log holds a record that cannot be read as the event it says it is."""

    def __init__(self, found: str, cause: Exception) -> None:
        why = "the log is damaged, or newer than this program"
        super().__init__(f"{found} ({type(cause).__name__}): {why}")

    @classmethod
    def at(cls, where: str, cause: Exception) -> "Damaged":
        """Return it for what cannot be read at a place."""
        return cls(f"{where} cannot be read", cause)

    @classmethod
    def said_by(cls, cause: Exception) -> "Damaged":
        """Return it for what knows itself where it is (`Unreadable`, `OutOfStep`)."""
        from svx_ledger.eventlog.record import Unreadable

        if isinstance(cause, Unreadable):
            return cls.at(cause.where, cause)
        return cls(str(cause), cause)


UNREADABLE = (ValueError, LookupError, TypeError)
"""What decoding a record raises that is not what it says it is."""


class Session:
    """What a verb has at hand."""

    def __init__(self, settings: Callable[[], Settings], *, json: bool = False) -> None:
        self._settings = settings
        self.json = json
        self.command_id: str | None = None
        """Of the command that this run gives and that can be repeated: messages name it."""
        self.position: int | None = None
        """Where the command that this run gave is recorded, once it is."""
        self.key: str | None = None
        """The text of the API key that this run made, which is shown once and kept nowhere."""

    @cached_property
    def settings(self) -> Settings:
        """The settings in force. Raises BadSettings."""
        return self._settings()

    @contextmanager
    def ledger(
        self, *, create: bool = False, clock: "Clock | None" = None, restored: bool = False
    ) -> Iterator["Ledger"]:
        """Open the ledger for writing. Raises Damaged.

        One that is behind what was published of it is opened only if it is `restored`.
        """
        from svx_ledger import open_ledger

        try:
            ledger = open_ledger(
                self.settings.ledger,
                create=create,
                clock=clock,
                mark=self.settings.mark,
                restored=restored,
            )
        except UNREADABLE as fault:
            raise Damaged.at("position 1", fault) from None
        try:
            yield ledger
        finally:
            ledger.close()
            ledger.store.close()

    @contextmanager
    def store(self) -> Iterator["Store"]:
        """Open the ledger for reading, whatever its clock is."""
        from svx_ledger.eventlog.open import open_store

        store = open_store(self.settings.ledger)
        try:
            store.check()
            yield store
        finally:
            store.close()

    def actor(self, on_behalf_of: str | None = None) -> "Actor":
        """Return who acts. Raises Usage, or Malformed for a name of the wrong form."""
        text = self.settings.actor
        if text is None:
            raise Usage(f"Say who acts: --actor {ACTOR_FORM} (or SVX_ACTOR).")
        return read_actor(text, on_behalf_of)


def write_what_is_due(ledger: "Ledger") -> int:
    """Let the clock decide every deadline that has passed; return how many were written."""
    ledger.ticker.look()
    written = 0
    while passed := ledger.ticker.tick():
        written += passed
    return written


def read_actor(text: str, on_behalf_of: str | None = None) -> "Actor":
    """Read ROLE:ORGANISATION/PERSON; the clock's role is nobody's."""
    from svx_ledger.domain.actor import ROLES, Actor
    from svx_ledger.eventlog.malformed import Malformed
    from svx_ledger.eventlog.shapes import shape_of

    role, colon, rest = text.partition(":")
    organisation, slash, person = rest.partition("/")
    if not colon or not slash:
        raise Usage(f"An actor reads {ACTOR_FORM}.")
    if role not in ROLES - {"clock"}:
        raise Usage(f"An actor's role is one of {', '.join(sorted(ROLES - {'clock'}))}.")
    given = {"id": person, "role": role}
    given |= {"organisation": organisation} if organisation else {}
    given |= {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    try:
        actor = shape_of(Actor).decode(given)
    except Malformed as fault:
        raise fault.under("actor") from None
    assert isinstance(actor, Actor)
    return actor
