"""`verify receipt`: that a log which is trusted has exactly this record."""

from pathlib import Path
from typing import Annotated, Any

import typer

from svx_ledger.cli.failing import tell_plainly
from svx_ledger.cli.output import Unshown
from svx_ledger.cli.session import Session, Usage
from svx_ledger.proofs.checks.receipt import ReceiptVerified, verify_receipt_of
from svx_ledger.proofs.checks.records import RECORD_BYTES
from svx_ledger.proofs.files.receipt import RECEIPT_BYTES
from svx_ledger.proofs.finding import USAGE, Finding, Refused
from svx_ledger.proofs.telling.log import receipt_lines, shown

from .asked import (
    Keys,
    PolicyFile,
    read_file,
    trusted_by,
)
from .ending import end
from .telling import (
    Told,
    plain_trusted,
    tell_findings,
    tell_verified,
)


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
        unshown: Unshown | None = None
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
                try:
                    tell_verified(session, receipt_lines(verified), **plain)
                except Unshown as fault:  # who reads no more has not seen the others refused
                    unshown = fault
        if findings:
            raise Told(tell_findings(session, findings))
        if unshown and not unshown.closed:
            raise unshown
        if unread:
            raise Told(USAGE)

    end(session, check)


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
