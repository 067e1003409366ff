"""`verify bundle`: an evidence bundle, without the ledger that it is from."""

from pathlib import Path
from typing import Annotated

import typer

from svx_ledger.cli.session import Session
from svx_ledger.proofs.checks.brackets import TOLERANCE_SECONDS
from svx_ledger.proofs.checks.bundle import BundleCheck
from svx_ledger.proofs.files.stored_zip import ZIP_FILE_BYTES
from svx_ledger.proofs.telling.bundle import bundle_lines

from .asked import Evidence, Keys, PolicyFile, read_file, trusted_by, watched
from .database import Tolerance
from .ending import end
from .telling import plain_trusted, tell_verified, with_evidence


def bundle(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An evidence bundle.")],
    *,
    key: Keys = None,
    policy: PolicyFile = None,
    tolerance: Tolerance = TOLERANCE_SECONDS,
    evidence: Evidence = None,
) -> None:
    """Check an evidence bundle: each record against its receipt and the one signed head.

    Streams are followed from record to record, times are held to the heads around them, and
    every part to the manifest. Whom to trust you say; what the file says of that is only shown.
    """

    def check() -> None:
        trust = trusted_by(key, policy)
        done = BundleCheck(read_file(file, ZIP_FILE_BYTES), trust, tolerance=tolerance)
        for _ in watched(done.run(), len(done.manifest.positions)):
            pass
        if done.findings:
            raise with_evidence(session, done.findings, evidence, note=done.note)
        manifest = done.manifest
        counts = {
            "records": done.records,
            "streams": done.chains.streams,
            "gapless": done.chains.gapless,
            "withheld": list(manifest.withheld),
            "dated": done.dated,
        }
        said = {"audit_clean": done.audit_clean, "same_policy": done.same_policy}
        about = {"subject": manifest.subject, "viewer": manifest.viewer, "sha256": done.sha256}
        head = plain_trusted(done.trusted)
        tell_verified(session, bundle_lines(done), **about, **head, **counts, maker_says=said)

    end(session, check)
