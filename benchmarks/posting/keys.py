"""Keys of the bidders, written as history: the same in every run, and good for nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from svx_ledger.domain.access import AccessGranted
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.api_key import ApiKeyIssued
from svx_ledger.domain.kind import Event


def key_text(number: int) -> str:
    """Return the text of the key of a supplier, by its number from 0."""
    return f"svx_bench{number:08d}_{number:064x}"


def issued(number: int, bidder: Actor) -> Iterator[tuple[str, Event]]:
    """Yield the history of a bidder's key."""
    assert bidder.organisation is not None
    access_id = f"access-bench{number:08d}"
    yield (
        access_id,
        AccessGranted(
            person_id=bidder.id,
            organisation_id=bidder.organisation,
            role=bidder.role,
            granted_by="person-bench",
        ),
    )
    yield (
        f"api-key-bench{number:08d}",
        ApiKeyIssued(
            access_id=access_id,
            secret_sha256=sha256(key_text(number).encode()).hexdigest(),
            scopes=("read", "act"),
            expires_at=datetime(2100, 1, 1, tzinfo=UTC),
            person_id=bidder.id,
            organisation_id=bidder.organisation,
            role=bidder.role,
            issued_by="person-bench",
        ),
    )
