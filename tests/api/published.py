"""A served ledger whose log is signed, and a publisher that works when it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from svx_ledger.api.serving import Config
from svx_ledger.domain.book import AddLogKey
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import Sequenced
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.policy import Policy, policy_of_keys
from svx_ledger.publishing.composing import open_publisher
from svx_ledger.publishing.keys.key_file import add_key
from svx_ledger.publishing.own_stream import OwnStream
from svx_ledger.publishing.state.opening import key_path
from tests.world import OPERATOR

from .served import Served, served

ORIGIN = "ledger.example/world"


def key_of(origin: str) -> SigningKey:
    """Return the key of a log with this name."""
    return SigningKey(origin, ED25519, sha256(b"a log").digest())


KEY = key_of(ORIGIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedService:
    """A served ledger, and what publishes it."""

    served: Served

    @property
    def policy(self) -> Policy:
        """Trust in the log's key, and in no witness."""
        return policy_of_keys([KEY.verifier.text])

    def publish(self) -> int:
        """Publish all there is, and return up to which position that is."""
        return publish(self.served.exchange)


def sign_with_key(exchange: Exchange, file: Path | None = None) -> None:
    """Put the log's key into its file, or another one, and onto the ledger."""
    path, own = file or key_path(exchange.url, None), OwnStream(exchange.store)
    own.refresh()
    assert path is not None
    assert own.now is not None
    key = key_of(own.now.origin)
    add_key(path, key)
    (first,) = exchange.store.rows(limit=1)
    command = AddLogKey(ledger_id=first.stream, verifier_key=key.verifier.text)
    assert isinstance(exchange.execute(command, OPERATOR), Sequenced)


def publish(exchange: Exchange) -> int:
    """Publish all there is, and return up to which position that is."""
    with open_publisher(exchange.store, exchange.url) as publisher:
        list(publisher.once())
        released = publisher.report.released
        assert released is not None
        return released.checkpoint.size


@contextmanager
def published(folder: Path, config: Config | None = None) -> Iterator[PublishedService]:
    """Serve a ledger with an open auction, whose log has a key; nothing is published yet."""
    with served(folder, config=config) as one:
        sign_with_key(one.exchange)
        yield PublishedService(served=one)


@contextmanager
def publishing(one: PublishedService) -> Iterator[None]:
    """Let a publisher go on and on."""
    exchange = one.served.exchange
    with open_publisher(exchange.store, exchange.url) as publisher:
        publisher.start()
        try:
            yield
        finally:
            publisher.stop()
