"""Builders for the published log: its keys and epochs. What is signed here is invented."""

from base64 import b64encode

from svx_ledger.domain.book import Book
from svx_ledger.domain.book.published import LogKey, origin_of

from .people import OPERATOR
from .proposals import Desk, Proposal, builds

FEW = 3
"""Keys in force at a time, and epochs of a history."""


@builds("AddLogKey", 0.15)
def add_log_key(desk: Desk) -> Proposal | None:
    """Add a key, unless there are a few."""
    found = desk.pick(Book, "ledger", lambda book: len(book.log_keys) < FEW)
    if found is None:
        return None
    name, book = found
    command = desk.make("AddLogKey", ledger_id=name, verifier_key=_key(desk, book.origin))
    return Proposal(command, OPERATOR)


@builds("RevokeLogKey", 0.15)
def revoke_log_key(desk: Desk) -> Proposal | None:
    """Revoke a key, also the last."""
    found = desk.pick(Book, "ledger", lambda book: book.log_keys)
    if found is None:
        return None
    name, book = found
    key = desk.rng.choice(book.log_keys)
    command = desk.make("RevokeLogKey", ledger_id=name, verifier_key=key)
    return Proposal(command, OPERATOR)


@builds("StartEpoch", 0.05)
def start_epoch(desk: Desk) -> Proposal | None:
    """Go on under another name, as if more had been published than there is."""
    found = desk.pick(Book, "ledger", lambda book: book.epoch < FEW)
    if found is None:
        return None
    name, book = found
    size, root, signature = (
        str(desk.rng.randrange(1, 10**6)),
        b64encode(desk.rng.randbytes(32)).decode(),
        b64encode(desk.rng.randbytes(68)).decode(),
    )
    command = desk.make(
        "StartEpoch",
        ledger_id=name,
        epoch=book.epoch + 1,
        checkpoint=(book.origin, size, root, "", f"— {book.origin} {signature}"),
        verifier_key=_key(desk, origin_of(book.first_origin, book.epoch + 1)),
    )
    return Proposal(command, OPERATOR)


def _key(desk: Desk, name: str) -> str:
    public = b64encode(b"\x01" + desk.rng.randbytes(32)).decode()
    key_id = LogKey(name, "", public).due_key_id
    return f"{name}+{key_id}+{public}"
