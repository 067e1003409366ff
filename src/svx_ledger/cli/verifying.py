"""`verify`: the published log, receipts and heads, without trusting whoever published them."""

import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from svx_ledger.proofs.finding import USAGE, Finding, Refused
from svx_ledger.proofs.note import NOTE_BYTES, base64_text
from svx_ledger.proofs.receipt import RECEIPT_BYTES
from svx_ledger.proofs.remembering import HeadsFile
from svx_ledger.proofs.telling import growth_lines, log_lines, receipt_lines, shown
from svx_ledger.proofs.verify_growth import verify_growth
from svx_ledger.proofs.verify_heads import head_of
from svx_ledger.proofs.verify_log import require_fresh, verify_log
from svx_ledger.proofs.verify_receipt import ReceiptVerified, verify_receipt_of
from svx_ledger.proofs.verify_records import RECORD_BYTES

from .failing import tell_plainly
from .output import say
from .session import Session, Usage
from .verb import add
from .verifying_ahead import reading_ahead
from .verifying_bundle import bundle
from .verifying_end import end
from .verifying_from import (
    Evidence,
    Keys,
    LogOption,
    PolicyFile,
    Where,
    asked_once,
    is_address,
    published,
    read_file,
    trusted_by,
    watched,
)
from .verifying_patience import patiently
from .verifying_rows import database
from .verifying_told import (
    Told,
    plain_head,
    plain_trusted,
    tell_findings,
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
MaxAge = Annotated[
    int | None,
    typer.Option(
        "--max-age", metavar="SECONDS", help="Stale (5) if its cosignatures are older.", min=0
    ),
]
Processes = Annotated[
    int,
    typer.Option(
        "--processes", metavar="N", help="How many, in a folder: one a core by default.", min=0
    ),
]
Note = Annotated[Path, typer.Argument(metavar="NOTE", help="A signed checkpoint.")]


def add_checks(group: typer.Typer) -> None:
    """Add the verbs of `verify`."""
    add(group, "log", log)
    add(group, "receipt", receipt)
    add(group, "consistency", consistency)
    add(group, "bundle", bundle)
    add(group, "database", database)
    add(group, "script", script)


def log(
    session: Session,
    where: Where,
    *,
    key: Keys = None,
    policy: PolicyFile = None,
    remember: Remember = None,
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
        if heads is not None:
            heads.remember(note)
        kept_size = None if verified.kept is None else verified.kept.size
        tell_verified(
            session,
            log_lines(verified, epochs),
            **plain_trusted(verified.trusted),
            remembered=kept_size,
        )

    end(session, check)


def _remembered(file: Path | None) -> HeadsFile | None:
    """Open the file of remembered heads. Raises Usage for one of something else."""
    try:
        return HeadsFile(file) if file is not None else None
    except ValueError as fault:
        raise Usage(str(fault)) from None


def receipt(
    session: Session,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="*.tlog-proof")],
    *,
    key: Keys = None,
    policy: PolicyFile = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="FILE", help="The record, if it is not in the receipt."
        ),
    ] = None,
) -> None:
    """Check receipts: that a log which is trusted has exactly their records.

    A receipt carries its record, unless that is given beside it.
    """

    def check() -> None:
        trust = trusted_by(key, policy)
        given = read_file(record, RECORD_BYTES) if record is not None else None
        if given is not None and len(files) > 1:
            raise Usage("--record goes with one receipt")
        findings: list[Finding] = []
        unread = False
        for file in files:
            try:
                verified = verify_receipt_of(read_file(file, RECEIPT_BYTES), trust, given)
            except Usage as fault:  # nothing said of the others
                tell_plainly(session, shown(str(fault)))
                unread = True
            except Refused as refused:
                found = refused.finding
                findings.append(Finding(found.code, f"{file}: {found.detail}", found.index))
            else:
                plain = _plain_record(verified) | plain_trusted(verified.trusted)
                tell_verified(session, receipt_lines(verified), **plain)
        if findings:
            raise Told(tell_findings(session, findings))
        if unread:
            raise Told(USAGE)

    end(session, check)


def consistency(
    session: Session,
    old: Note,
    new: Note,
    *,
    key: Keys = None,
    policy: PolicyFile = None,
    log: LogOption = None,
    evidence: Evidence = None,
) -> None:
    """Check that one signed head goes on from another: nothing under the older one changed.

    The proof is built from the log's tiles, which need not be believed.
    """

    def check() -> None:
        trust = trusted_by(key, policy)
        older, newer = read_file(old, NOTE_BYTES), read_file(new, NOTE_BYTES)
        try:
            if log is None:
                verified = verify_growth(older, newer, trust, None)
            else:
                with published(log) as source:
                    if is_address(log):
                        source.checkpoint()  # is there a log, before a tile is called withheld
                    verified = verify_growth(older, newer, trust, source)
        except Refused as refused:
            raise with_evidence(
                session, [refused.finding], evidence, note=newer, kept=older
            ) from None
        except ValueError as fault:
            raise Usage(str(fault)) from None
        plain = {"older": plain_head(verified.older), "newer": plain_head(verified.newer)}
        path = [base64_text(digest) for digest in verified.path]
        tell_verified(session, growth_lines(verified), **plain, proof=path)

    end(session, check)


def script(
    session: Session,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A file, not standard output.")
    ] = None,
) -> None:
    """Print verify.py: one file that checks a log with Python and cryptography alone."""
    from svx_ledger.proofs.joining import joined

    def write() -> None:
        if out is None:
            say(joined().removesuffix("\n"))
        else:
            out.write_text(joined(), encoding="utf-8")

    end(session, write)


def _plain_record(verified: ReceiptVerified) -> dict[str, Any]:
    record = verified.record
    return {
        "leaf": verified.index,
        "position": record.position,
        "stream": record.stream,
        "version": record.version,
        "type": record.type,
        "recorded_at": record.recorded_at,
        "data": record.data,
    }
