"""`verify epoch`: what of a log before a restore is in the log that it goes on as."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from svx_ledger.cli.session import Session, Usage
from svx_ledger.proofs.checks.epoch import EpochVerified, verify_epoch
from svx_ledger.proofs.checks.shown_logs import ShownLog
from svx_ledger.proofs.files.receipt import RECEIPT_BYTES
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.note import NOTE_BYTES
from svx_ledger.proofs.telling.epoch import epoch_lines

from .asked import Evidence, Keys, PolicyFile, is_address, published, read_file, trusted_by
from .ending import end
from .telling import plain_head, plain_trusted, tell_verified, with_evidence

Old = Annotated[
    str,
    typer.Argument(
        metavar="OLD", help="The log before the restore: URL, folder, or a signed checkpoint."
    ),
]
New = Annotated[str, typer.Argument(metavar="NEW", help="The log after it: URL or folder.")]
Started = Annotated[
    Path | None,
    typer.Option(
        "--started",
        metavar="RECEIPT",
        help="The receipt of the epoch-started event, *.tlog-proof.",
    ),
]


def epoch(
    session: Session,
    old: Old,
    new: New,
    *,
    key: Keys = None,
    policy: PolicyFile = None,
    started: Started = None,
    evidence: Evidence = None,
) -> None:
    """Check a restore: what the log X/2 still has of X, and what its operator put on record.

    Ends with 0 where nothing of X is gone, or --started tells of it honestly; with 4 where
    events are gone and no record of that is given; with 1 where what is on record is not so.
    """

    def check() -> None:
        trust = trusted_by(key, policy)
        receipt = None if started is None else read_file(started, RECEIPT_BYTES)
        with _shown(old) as older, _shown(new) as newer:
            try:
                verified = verify_epoch(older, newer, trust, receipt)
            except Refused as refused:
                raise with_evidence(
                    session,
                    [refused.finding],
                    evidence,
                    note=newer.note,
                    kept=older.note,
                    receipt=receipt,
                ) from None
            except ValueError as fault:
                raise Usage(str(fault)) from None
        tell_verified(session, epoch_lines(verified), **_plain(verified))

    end(session, check)


@contextmanager
def _shown(where: str) -> Iterator[ShownLog]:
    """Open a log, or a head alone that somebody kept in a file. Raises Usage."""
    if not is_address(where) and Path(where).is_file():
        yield ShownLog(read_file(Path(where), NOTE_BYTES))
        return
    with published(where) as log:
        yield ShownLog(log.checkpoint(), log)


def _plain(verified: EpochVerified) -> dict[str, Any]:
    common, start = verified.common, verified.start
    plain = {
        "old": plain_trusted(verified.old),
        "new": plain_trusted(verified.new),
        "common": common,
        "gone": verified.gone,
        "gone_is_least": common is None,
        "beyond": None if common is None else verified.new.checkpoint.size - common,
    }
    if start is None:
        return plain
    record = start.receipt.record
    said = {
        "position": record.position,
        "recorded_at": record.recorded_at,
        "reason": record.data.get("reason"),
        "last": plain_head(start.last),
        "gone": start.gone,
        "before": verified.least_before,
        "before_is_least": start.before is None,
    }
    return plain | {"started": said}
