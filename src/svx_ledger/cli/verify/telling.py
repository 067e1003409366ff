"""What `verify` tells: what was verified and what was found, as lines or as JSON."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from svx_ledger.cli.failing import tell_plainly
from svx_ledger.cli.output import Unshown, say, say_json
from svx_ledger.cli.session import Session
from svx_ledger.proofs.files.evidence_file import write_evidence
from svx_ledger.proofs.finding import TAMPERED, Finding, worst
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.proofs.notes.policy import Trusted
from svx_ledger.proofs.telling.log import shown


class Told(Exception):
    """Findings that are told already, with the exit code that they lead to."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def tell_verified(session: Session, lines: list[str], **plain: Any) -> None:
    """Print what was verified: lines for a person, or one JSON value."""
    if session.json:
        not_proven = [
            line.removeprefix("not proven: ")
            for line in lines
            if line.startswith("not proven:")
        ]
        found = {name: value for name, value in plain.items() if value is not None}
        say_json({"verified": True, **found, "not_proven": not_proven})
    else:
        for line in lines:
            say(line)


def plain_trusted(trusted: Trusted) -> dict[str, Any]:
    """Return a head and who vouches for it as JSON has it."""
    return {
        **plain_head(trusted.checkpoint),
        "signed_by": list(trusted.log_keys),
        "cosigned": dict(trusted.cosigned),
    }


def plain_head(head: Checkpoint) -> dict[str, Any]:
    """Return a head as JSON has it."""
    return {"origin": head.origin, "size": head.size, "root": base64_text(head.root)}


def tell_findings(
    session: Session,
    findings: Sequence[Finding],
    evidence: Path | None = None,
    doubt: str | None = None,
) -> int:
    """Print what was found, a line each, and return the exit code: nobody need read along.

    A `doubt` comes first: why it may be of something else than was meant.
    """
    plain = {
        "verified": False,
        "findings": [plain_finding(found) for found in findings],
        "evidence": evidence and str(evidence),
        "doubt": doubt,
    }
    lines = [] if doubt is None else [doubt]
    lines += [str(found) for found in findings]
    lines += [] if evidence is None else [f"evidence: {evidence}"]
    with suppress(Unshown):
        if session.json:
            say_json({name: value for name, value in plain.items() if value is not None})
        else:
            for line in lines:
                say(shown(line))
    return worst(list(findings))


def plain_finding(found: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it."""
    plain = {
        "code": str(found.code),
        "meaning": found.code.meaning,
        "leaf": found.index,
        "position": None if found.index is None else found.index + 1,
        "detail": found.detail,
    }
    return {name: value for name, value in plain.items() if value is not None}


def with_evidence(
    session: Session,
    findings: list[Finding],
    path: Path | None,
    *,
    note: bytes,
    kept: bytes | None = None,
    doubt: str | None = None,
    receipt: bytes | None = None,
) -> Told:
    """Tell findings; where history was changed, write what shows it, and say where."""
    written = None
    if worst(findings) == TAMPERED:
        try:
            written = write_evidence(
                findings, note=note, kept=kept, path=path, doubt=doubt, receipt=receipt
            )
        except OSError as fault:
            tell_plainly(session, f"no tamper evidence could be written: {shown(str(fault))}")
    return Told(tell_findings(session, findings, written, doubt))
