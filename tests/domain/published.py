"""A ledger whose log is published, with keys that anybody can make again."""

from base64 import b64encode
from hashlib import sha256

from svx_ledger.domain.book import AddLogKey, LogKeyAdded, LogKeyRevoked, OpenLedger
from svx_ledger.domain.kind import Event

from .cast import Past
from .outcome import outcome

LEDGER = "ledger-b001"
ORIGIN = "ledger.example/tests"
ROOT = b64encode(sha256(b"root").digest()).decode()


def key(of: str, name: str = ORIGIN, key_id: str | None = None) -> str:
    """A verifier key with the right key id, of nobody's private key."""
    typed = b"\x01" + sha256(of.encode()).digest()
    due = sha256(name.encode() + b"\n" + typed).hexdigest()[:8]
    return f"{name}+{key_id or due}+{b64encode(typed).decode()}"


def signed(by: str = ORIGIN, *, bytes_long: int = 68) -> str:
    """A signature line of the right form."""
    return f"— {by} {b64encode(bytes(range(bytes_long))).decode()}"


def checkpoint(*signatures: str, origin: str = ORIGIN, size: str = "700") -> tuple[str, ...]:
    """A checkpoint by its lines, signed by its log unless somebody else is said to have."""
    return (origin, size, ROOT, "", *(signatures or (signed(origin),)))


def opened(origin: str = ORIGIN) -> Past:
    """A ledger that was opened under this name."""
    command = OpenLedger(ledger_id=LEDGER, origin=origin, clock="real")
    events = outcome(when=command)
    assert isinstance(events, list)
    return [(LEDGER, event) for event in events]


def with_keys(*events: Event, origin: str = ORIGIN) -> Past:
    """The same, after these events."""
    return [*opened(origin), *((LEDGER, event) for event in events)]


def added(of: str, name: str = ORIGIN) -> LogKeyAdded:
    return LogKeyAdded(verifier_key=key(of, name))


def revoked(of: str) -> LogKeyRevoked:
    return LogKeyRevoked(verifier_key=key(of), reason="Lost")


def add(verifier_key: str) -> AddLogKey:
    return AddLogKey(ledger_id=LEDGER, verifier_key=verifier_key)
