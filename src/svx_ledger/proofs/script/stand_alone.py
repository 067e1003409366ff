"""The verifier as a program of its own: Python and `cryptography`, and no line of the exchange.

Exit codes: 0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale, 64 usage;
70 where this program failed itself, and nothing is known.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from svx_ledger.proofs.checks.bundle import BundleCheck
from svx_ledger.proofs.checks.epoch import verify_epoch
from svx_ledger.proofs.checks.growth import verify_growth
from svx_ledger.proofs.checks.log import require_fresh, verify_log
from svx_ledger.proofs.checks.receipt import verify_receipt_of
from svx_ledger.proofs.checks.records import RECORD_BYTES
from svx_ledger.proofs.checks.remembering import HeadsFile
from svx_ledger.proofs.checks.shown_logs import ShownLog
from svx_ledger.proofs.files.evidence_file import write_evidence
from svx_ledger.proofs.files.kept_head import keep_head
from svx_ledger.proofs.files.published_log import PublishedLog, log_in
from svx_ledger.proofs.files.receipt import RECEIPT_BYTES
from svx_ledger.proofs.files.stored_zip import ZIP_FILE_BYTES
from svx_ledger.proofs.finding import FAILED, TAMPERED, USAGE, VERIFIED, Finding, Refused, worst
from svx_ledger.proofs.notes.note import NOTE_BYTES
from svx_ledger.proofs.notes.policy import Policy, policy_of_keys
from svx_ledger.proofs.notes.policy_file import POLICY_LENGTH, parse_policy
from svx_ledger.proofs.telling.bundle import bundle_lines
from svx_ledger.proofs.telling.epoch import epoch_lines
from svx_ledger.proofs.telling.log import growth_lines, log_lines, receipt_lines, shown

from .saying import complain, say, tell_failure, tell_found
from .streams import escape_unencodable


class _Parser(argparse.ArgumentParser):
    """Reads arguments; what it does not understand has the exit code of a usage error."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {shown(message)}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the arguments name; return the exit code."""
    escape_unencodable()
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except Refused as refused:
        tell_found(str(refused))
        code = refused.finding.code.exit_code
    except (OSError, ValueError) as fault:
        complain(str(fault))
        code = USAGE
    except Exception:  # noqa: BLE001 - what is wrong in this program is no finding
        tell_failure()
        code = FAILED
    return code


def _parser() -> _Parser:
    parser = _Parser(prog="verify.py", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="log|receipt|consistency|epoch|bundle")

    def verb(name: str, run: Callable[[argparse.Namespace], int], what: str) -> _Parser:
        made = verbs.add_parser(name, help=what, description=what)
        made.set_defaults(run=run)
        trust = made.add_mutually_exclusive_group(required=True)
        meaning = "a log's public key; repeat it for each key"
        trust.add_argument("--key", action="append", metavar="VKEY", help=meaning)
        trust.add_argument("--policy", type=Path, help="whom to trust (C2SP tlog-policy)")
        return made

    log = verb("log", _log, "Check a whole log: a folder with its checkpoint and tiles.")
    log.add_argument("log", type=Path, metavar="DIR")
    log.add_argument("--remember", type=Path, help="keep the newest head in this file")
    log.add_argument("--keep", type=Path, metavar="DIR", help="keep the head, a file each")
    log.add_argument("--max-age", type=int, metavar="SECONDS", help="of the cosignatures")
    log.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    log.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    receipt = verb("receipt", _receipt, "Check receipts: that a log has their records.")
    receipt.add_argument("receipt", type=Path, nargs="+", metavar="FILE")
    receipt.add_argument("--record", type=Path, help="the record, if the receipt is without")
    growth = verb("consistency", _growth, "Check that one signed head goes on from another.")
    growth.add_argument("old", type=Path)
    growth.add_argument("new", type=Path)
    growth.add_argument("--log", type=Path, metavar="DIR", help="where the proof comes from")
    growth.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    epoch = verb("epoch", _epoch, "Check a restore: what a log has of the one before it.")
    epoch.add_argument("old", type=Path, metavar="OLD", help="a folder, or a signed checkpoint")
    epoch.add_argument("new", type=Path, metavar="NEW", help="a folder")
    epoch.add_argument("--started", type=Path, help="the receipt of the epoch-started event")
    epoch.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    bundle = verb("bundle", _bundle, "Check an evidence bundle about an auction or an award.")
    bundle.add_argument("bundle", type=Path, metavar="FILE")
    bundle.add_argument("--evidence", type=Path, help="where tamper evidence goes, if any")
    return parser


def _log(asked: argparse.Namespace) -> int:
    policy, log = _policy(asked), _log_in(asked.log)
    heads = asked.remember and HeadsFile(asked.remember)
    note = log.checkpoint()
    kept = heads.kept(note) if heads else None
    try:
        verified = verify_log(log, note, policy, kept=kept, processes=asked.processes)
    except Refused as refused:
        return _refused([refused.finding], asked.evidence, note, kept)
    if asked.max_age is not None:
        require_fresh(verified.trusted, int(time.time()), asked.max_age)
    file = asked.keep and keep_head(asked.keep, note)
    if heads:
        heads.remember(note)
    return say(log_lines(verified, heads.other_epochs(note) if heads else (), file))


def _receipt(asked: argparse.Namespace) -> int:
    policy = _policy(asked)
    record = asked.record and _read(asked.record, RECORD_BYTES)
    if record is not None and len(asked.receipt) > 1:
        raise ValueError("--record goes with one receipt")
    findings = []
    code = VERIFIED
    for path in asked.receipt:
        try:
            verified = verify_receipt_of(_read(path, RECEIPT_BYTES), policy, record)
        except Refused as refused:
            findings.append(refused.finding)
            tell_found(f"{path}: {refused}")
        except OSError as fault:
            complain(str(fault))
            code = max(code, USAGE)
        else:
            code = max(code, say(receipt_lines(verified)))
    return worst(findings) or code


def _growth(asked: argparse.Namespace) -> int:
    policy, log = _policy(asked), asked.log and _log_in(asked.log)
    older, newer = _read(asked.old, NOTE_BYTES), _read(asked.new, NOTE_BYTES)
    try:
        verified = verify_growth(older, newer, policy, log)
    except Refused as refused:
        return _refused([refused.finding], asked.evidence, newer, older)
    return say(growth_lines(verified))


def _epoch(asked: argparse.Namespace) -> int:
    policy = _policy(asked)
    older, newer = (
        ShownLog(log_in(path).checkpoint(), log_in(path))
        if path.is_dir()
        else ShownLog(_read(path, NOTE_BYTES))
        for path in (asked.old, asked.new)
    )
    receipt = asked.started and _read(asked.started, RECEIPT_BYTES)
    try:
        verified = verify_epoch(older, newer, policy, receipt)
    except Refused as refused:
        return _refused([refused.finding], asked.evidence, newer.note, older.note, receipt)
    return say(epoch_lines(verified))


def _bundle(asked: argparse.Namespace) -> int:
    done = BundleCheck(_read(asked.bundle, ZIP_FILE_BYTES), _policy(asked))
    for _ in done.run():
        pass
    if done.findings:
        return _refused(done.findings, asked.evidence, done.note, None)
    return say(bundle_lines(done))


def _log_in(folder: Path) -> PublishedLog:
    """The log in a folder. Raises ValueError without one: nothing was shown or withheld."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder: give the one in which the checkpoint is")
    return log_in(folder)


def _read(path: Path, most: int) -> bytes:
    """Read a file, or a little more than `most` bytes of a longer one. Raises OSError."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _policy(asked: argparse.Namespace) -> Policy:
    """Whom the user trusts: the keys alone, or a policy with witnesses.

    Raises ValueError or OSError: what is wrong here is nobody's but the user's.
    """
    try:
        if asked.key:
            return policy_of_keys(asked.key)
        return parse_policy(_read(asked.policy, POLICY_LENGTH).decode())
    except Refused as refused:
        raise ValueError(f"{asked.policy or '--key'}: {refused.finding.detail}") from None


def _refused(  # noqa: PLR0917 - what tamper evidence is made of
    findings: list[Finding],
    path: Path | None,
    note: bytes,
    kept: bytes | None,
    receipt: bytes | None = None,
) -> int:
    """Say what was found; where history was changed, keep what shows it."""
    for found in findings:
        tell_found(str(found))
    code = worst(findings)
    if code == TAMPERED:
        try:
            written = write_evidence(findings, note=note, kept=kept, path=path, receipt=receipt)
        except OSError as fault:
            complain(f"no tamper evidence could be written: {fault}")
        else:
            tell_found(f"evidence: {written}")
    return code
