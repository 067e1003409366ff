"""`verify log`: a whole published log, from its entries to its signed head."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from svx_ledger.cli.session import Session, Usage
from svx_ledger.proofs.checks.heads import head_of
from svx_ledger.proofs.checks.log import require_fresh, verify_log
from svx_ledger.proofs.checks.remembering import HeadsFile
from svx_ledger.proofs.files.kept_head import keep_head
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.telling.log import log_lines

from .asked import (
    Evidence,
    Keys,
    PolicyFile,
    Processes,
    Where,
    asked_once,
    is_address,
    trusted_by,
    watched,
)
from .ending import end
from .patience import patiently
from .reading_ahead import reading_ahead
from .telling import (
    plain_trusted,
    tell_verified,
    with_evidence,
)

Remember = Annotated[
    Path | None,
    typer.Option(
        "--remember",
        metavar="FILE",
        help="Hold it to the head kept here, and keep the new one.",
    ),
]
Keep = Annotated[
    Path | None,
    typer.Option(
        "--keep", metavar="DIR", help="Keep the head here, for verify database --heads."
    ),
]
MaxAge = Annotated[
    int | None,
    typer.Option(
        "--max-age", metavar="SECONDS", help="Stale (5) if its cosignatures are older.", min=0
    ),
]


def log(  # noqa: PLR0913 - each is an option
    session: Session,
    where: Where,
    *,
    key: Keys = None,
    policy: PolicyFile = None,
    remember: Remember = None,
    keep: Keep = None,
    max_age: MaxAge = None,
    evidence: Evidence = None,
    processes: Processes = 0,
) -> None:
    """Check a whole log: every entry, every tile, the signed head, what was shown before.

    Ends with 0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale, 64 usage.
    """

    def check() -> None:
        trust = trusted_by(key, policy)
        heads = _remembered(remember)
        with asked_once(where) as once:
            source = patiently(once)
            note = source.checkpoint()
            kept = heads.kept(note) if heads is not None else None
            try:
                if is_address(where):
                    with reading_ahead(once, head_of(note).size) as quick:
                        verified = verify_log(
                            patiently(quick), note, trust, kept=kept, watch=watched
                        )
                else:
                    verified = verify_log(
                        source,
                        note,
                        trust,
                        kept=kept,
                        watch=watched,
                        processes=processes or os.cpu_count() or 1,
                    )
            except Refused as refused:
                raise with_evidence(
                    session, [refused.finding], evidence, note=note, kept=kept
                ) from None
        if max_age is not None:
            require_fresh(verified.trusted, int(time.time()), max_age)
        epochs = heads.other_epochs(note) if heads is not None else []
        file = _keep(note, keep, heads)
        kept_size = None if verified.kept is None else verified.kept.size
        tell_verified(
            session,
            log_lines(verified, epochs, file),
            **plain_trusted(verified.trusted),
            remembered=kept_size,
            kept=file and str(file),
        )

    end(session, check)


def _keep(note: bytes, folder: Path | None, heads: HeadsFile | None) -> Path | None:
    """Keep a head that was verified, and remember it; return in which file it is kept.

    Raises Usage where what is there was damaged: nothing of it is written over.
    """
    try:
        file = None if folder is None else keep_head(folder, note)
        if heads is not None:
            heads.remember(note)
    except ValueError as fault:
        raise Usage(str(fault)) from None
    return file


def _remembered(file: Path | None) -> HeadsFile | None:
    """Open the file of remembered heads. Raises Usage for one of something else."""
    try:
        return HeadsFile(file) if file is not None else None
    except ValueError as fault:
        raise Usage(str(fault)) from None
