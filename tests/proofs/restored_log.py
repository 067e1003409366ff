"""Published logs of a ledger that was restored: X, X/2, and the record between them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from svx_ledger.proofs.checks.epoch import EpochVerified, verify_epoch
from svx_ledger.proofs.checks.epoch_start import EPOCH_STARTED
from svx_ledger.proofs.checks.shown_logs import ShownLog
from svx_ledger.proofs.files.published_log import log_in
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.policy import Policy, policy_of_keys

from .stored import record
from .written_log import KEY, ORIGIN, WrittenLog, records

SECOND = SigningKey(f"{ORIGIN}/2", ED25519, b"e" * 32)
THIRD = SigningKey(f"{ORIGIN}/3", ED25519, b"f" * 32)
KEYS = [key.verifier.text for key in (KEY, SECOND, THIRD)]


def trust() -> Policy:
    """Who trusts the keys of all epochs, and asks no witness."""
    return policy_of_keys(KEYS)


def started(position: int, note: bytes, epoch: int = 2) -> bytes:
    """The record that begins an epoch after the log whose last head a note has."""
    lines = note.decode().removesuffix("\n").split("\n")
    said = {"checkpoint": lines, "epoch": epoch, "reason": "A disk was lost (fictional)"}
    return record(position=position, type=EPOCH_STARTED, stream="ledger-1", data=said)


def earlier(folder: Path, size: int) -> WrittenLog:
    """X, with so many leaves."""
    return WrittenLog(folder / f"X-{size}", records(size))


def later(
    folder: Path,
    kept: int,
    *,
    last: bytes | None = None,
    before: int = 0,
    after: int = 3,
    key: SigningKey = SECOND,
    own: Sequence[bytes] | None = None,
) -> WrittenLog:
    """X/2: what the copy kept of X, what was written before the record, it, and what follows.

    Without a `last` head there is no such record. `own` is what it has in place of X's leaves.
    """
    had = [*(records(kept) if own is None else own), *others(before)]
    if last is not None:
        had.append(started(len(had) + 1, last))
    return WrittenLog(folder / "X-2", [*had, *others(after, "after")], origin=key.name, key=key)


def others(count: int, what: str = "before") -> list[bytes]:
    """Bytes that stand for records that X never had."""
    return [b"%s %d" % (what.encode(), number) for number in range(count)]


def shown(log: WrittenLog) -> ShownLog:
    """A log as it is published."""
    return ShownLog(log.note(), log_in(log.folder))


def receipt_of_start(log: WrittenLog) -> bytes:
    """The receipt of the record that began the epoch."""
    found = (at for at, one in enumerate(log.records) if EPOCH_STARTED.encode() in one)
    return log.receipt(next(found)).data()


def verified(
    old: WrittenLog | ShownLog, new: WrittenLog, receipt: bytes | None = None
) -> EpochVerified:
    """Compare two epochs, as who trusts both logs."""
    older = old if isinstance(old, ShownLog) else shown(old)
    return verify_epoch(older, shown(new), trust(), receipt)


def found(
    old: WrittenLog | ShownLog, new: WrittenLog, receipt: bytes | None = None
) -> tuple[Code, int | None]:
    """What such a comparison finds, and the first leaf that it concerns."""
    with pytest.raises(Refused) as refused:
        verified(old, new, receipt)
    return refused.value.finding.code, refused.value.finding.index
