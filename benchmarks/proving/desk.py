"""Where one ledger's log is published from and to: a key, settings, and a folder."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
import psycopg

from benchmarks import rebuilding
from benchmarks.generator.people import OPERATOR
from benchmarks.measured import Ran, run
from benchmarks.scale import Scale
from svx_ledger.domain.book import AddLogKey
from svx_ledger.eventlog.open import open_store, sqlite_file
from svx_ledger.ledger import Clock, Ledger, Sequenced, SimulatedClock, SystemClock
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.publishing.keys.key_file import add_key
from svx_ledger.publishing.state.sqlite import log_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The ledger at an address, whose log `key` signs."""

    address: str
    folder: Path
    key: SigningKey
    policy: Path | None = None
    """Names the witnesses, if any are asked."""

    @property
    def published(self) -> Path:
        """The folder of the published log."""
        return self.folder / "published"

    @property
    def settings(self) -> dict[str, str]:
        """What programs are told."""
        named = {"log_key": self.folder / "key", "mark": self.folder / "mark"}
        if self.policy is not None:
            named["policy"] = self.policy
        return {"ledger": self.address} | {name: str(path) for name, path in named.items()}

    def publish(self) -> Ran:
        """Publish all there is, once."""
        return run(["publish", "--to", str(self.published), "--once"], self.settings)

    def forget(self) -> None:
        """Take away all that was published, and all that the publisher knows of it."""
        shutil.rmtree(self.published, ignore_errors=True)
        (self.folder / "mark").unlink(missing_ok=True)
        file = sqlite_file(self.address)
        if file is not None:
            shutil.rmtree(log_folder(file), ignore_errors=True)
        else:
            with psycopg.connect(self.address) as connection:
                connection.execute("DROP SCHEMA IF EXISTS svx_log CASCADE")


def desk_of_history(address: str, folder: Path, events: int, scale: Scale) -> Desk:
    """Write a generated history of so many events, and let a new key sign its log."""
    rebuilding.history(address, events, scale.kept)
    return desk_of(address, folder, simulated=True)


def desk_of(address: str, folder: Path, *, simulated: bool = False) -> Desk:
    """Let a new key sign the log of a ledger that is there."""
    with closing(open_store(address)) as store:
        first = next(store.rows(limit=1))
        last = orjson.loads(store.head().record)["recorded_at"]
        clock: Clock = (
            SimulatedClock(datetime.fromisoformat(last)) if simulated else SystemClock()
        )
        origin = orjson.loads(first.record)["data"]["origin"]
        key = SigningKey.generate(origin, ED25519)
        add_key(folder / "key", key)
        command = AddLogKey(ledger_id=first.stream, verifier_key=key.verifier.text)
        with Ledger(store, clock=clock) as ledger:
            answer = ledger.execute(command, OPERATOR)
        assert isinstance(answer, Sequenced), answer
    return Desk(address=address, folder=folder, key=key)
