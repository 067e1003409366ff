"""The keys of a published log: which the ledger knows, and which of them are here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from svx_ledger.domain.book import KIND, Book, EpochStarted, LogKeyAdded, LogKeyRevoked
from svx_ledger.domain.book.published import can_be_key_name, log_key
from svx_ledger.eventlog.record import read_event
from svx_ledger.eventlog.store import NoLedger
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.publishing.own_stream import Log
from svx_ledger.publishing.state.database import NotPublished

from .key_file import keys_at_hand

KeyState = Literal["in-force", "revoked", "earlier-epoch", "not-added"]


class ListedKey(NamedTuple):
    """One key: from and until which position it signs, and whether its private part is here."""

    key_id: str
    state: KeyState
    added_at_position: int | None
    ended_at_position: int | None
    here: bool
    verifier_key: str


class _Span(NamedTuple):
    """From which position on a key is in force, and from which it is not any more, and why."""

    added: int
    ended: int | None = None
    state: KeyState = "in-force"


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What the ledger says of its keys, and those in the key file, if there is a place for one.

    `listed` has all of them in the order of the ledger, and those behind that are only here.
    """

    ledger_id: str
    book: Book
    file: Path | None
    at_hand: tuple[SigningKey, ...]
    listed: tuple[ListedKey, ...]

    @property
    def in_force(self) -> list[ListedKey]:
        """Those that every new checkpoint is signed with."""
        return [key for key in self.listed if key.state == "in-force"]

    def for_origin(self, origin: str) -> tuple[SigningKey, bool]:
        """Return the key to be added for a log of this name, and whether it is made just now.

        One that is here and on no record is what an earlier attempt left: it is taken. Raises
        NotPublished for a name that can be no key's.
        """
        if not can_be_key_name(origin):
            raise NotPublished(
                f"a log that is called {origin!r} cannot be published: the name of a key has "
                "only letters, digits and . _ ~ : / -"
            )
        known = {key.verifier_key for key in self.listed if key.state != "not-added"}
        for key in self.at_hand:
            if key.name == origin and key.verifier.text not in known:
                return key, False
        return SigningKey.generate(origin, ED25519), True


def read_log_keys(log: Log, file: Path | None) -> LogKeys:
    """Read a ledger's own stream and the key file.

    Raises NoLedger, NotRead, Unreadable; NotPublished for a key file that cannot be used.
    """
    opening = next(iter(log.rows(limit=1)), None)
    if opening is None:
        raise NoLedger
    state: object = None
    spans: dict[str, _Span] = {}
    for row in log.stream(opening.stream):
        event = read_event(row)
        state = KIND.evolve(state, event)
        _follow(spans, row.position, event)
    assert isinstance(state, Book)
    at_hand = keys_at_hand(file) if file else ()
    here = [key.verifier.text for key in at_hand]
    listed = [
        _listed(text, span.state, span.added, span.ended, here=text in here)
        for text, span in spans.items()
    ]
    listed += [_listed(text, "not-added", here=True) for text in here if text not in spans]
    return LogKeys(opening.stream, state, file, at_hand, tuple(listed))


def _follow(spans: dict[str, _Span], position: int, event: object) -> None:
    match event:
        case LogKeyAdded(verifier_key=key):
            spans[key] = _Span(position)
        case LogKeyRevoked(verifier_key=key):
            spans[key] = spans[key]._replace(ended=position, state="revoked")
        case EpochStarted(verifier_key=key):
            for one, span in spans.items():
                if span.ended is None:
                    spans[one] = span._replace(ended=position, state="earlier-epoch")
            spans[key] = _Span(position)
        case _:
            pass


def _listed(
    text: str,
    state: KeyState,
    added: int | None = None,
    ended: int | None = None,
    *,
    here: bool,
) -> ListedKey:
    return ListedKey(log_key(text).key_id, state, added, ended, here, text)
