"""`export evidence`: a bundle about one auction or award, to be checked without the ledger."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import showing
from .evidence_audit import audited
from .failing import Refused, not_found, tell_plainly
from .output import say
from .progress import reached
from .session import UNREADABLE, Damaged, Session, Usage

if TYPE_CHECKING:
    from svx_ledger.domain.actor import Actor
    from svx_ledger.exports.evidence.making import EvidenceBundle, Wanted

Kind = Annotated[str, typer.Argument(metavar="auction|award", help="What it is about.")]
Name = Annotated[str, typer.Argument(metavar="ID", help="Its name, e.g. auction-8f3k2m7q.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="A C2SP tlog-policy to put in; as set by SVX_POLICY, else the log's keys.",
    ),
]
Head = Annotated[
    int | None,
    typer.Option(
        "--head", metavar="SIZE", help="As of the published head of this size.", min=1
    ),
]
Partial = Annotated[
    bool,
    typer.Option("--partial", help="Also before all is disclosed; list what is hidden."),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def evidence(
    session: Session,
    kind: Kind,
    name: Name,
    *,
    out: Out,
    policy: PolicyFile = None,
    head: Head = None,
    partial: Partial = False,
    force: Force = False,
) -> None:
    """Write all that shows what happened in an auction, or with an award, into one file.

    Records as they are stored, a receipt for each, the signed head, earlier heads that date
    them, the rules, a summary and an audit: as far as the public, or --actor, may have them.
    Check it with svx-ledger verify bundle or verify.py, see docs/evidence.md.
    """
    from svx_ledger.exports.evidence.family import KINDS
    from svx_ledger.exports.evidence.making import Wanted
    from svx_ledger.exports.evidence.refusing import NoEvidence
    from svx_ledger.projections.visibility import may_know

    from .views import viewer_of

    if kind not in KINDS or not name.startswith(f"{kind}-"):
        raise Usage("export evidence auction auction-…, or award award-…")
    if out.exists() and not force:
        raise Usage(f"{out} is there already: --force writes over it")
    viewer = viewer_of(session)
    if not may_know(name, viewer):
        raise not_found(**{kind: name})
    text = _policy_text(session, policy)
    wanted = Wanted(kind=kind, name=name, size=head, policy=text, partial=partial)
    try:
        with _making(session, wanted, viewer) as made:
            _write(session, made, out, viewer, everybodys=viewer is None and not partial)
    except NoEvidence as none:
        raise Refused(none.refusal) from None
    except UNREADABLE as fault:
        raise Damaged.at("a record that belongs to it", fault) from None


@contextmanager
def _making(
    session: Session, wanted: "Wanted", viewer: "Actor | None"
) -> Iterator["EvidenceBundle"]:
    from svx_ledger.exports.evidence.making import EvidenceBundle
    from svx_ledger.proofs.finding import Refused as NotTrusted
    from svx_ledger.publishing.state.opening import open_state

    with session.store() as store, closing(open_state(session.settings.ledger)) as database:
        try:
            made = EvidenceBundle(store, database, wanted, viewer)
        except (NotTrusted, UnicodeDecodeError) as refused:
            raise Usage(f"the policy cannot be used: {refused}") from None
        yield made


def _write(
    session: Session,
    made: "EvidenceBundle",
    out: Path,
    viewer: "Actor | None",
    *,
    everybodys: bool,
) -> None:
    """Make the file. Only what everybody may have can be read by others on this machine."""
    from svx_ledger.eventlog.whole_files import write_whole

    for _ in reached(made.collected(), len(made.disclosed.rows), "collecting"):
        pass
    audit = audited(made.log, made.decided, viewer)
    data = made.packed(audit)
    _verify(session, data, made.policy)
    try:
        part = out.with_name(f"{out.name}.part")
        part.unlink(missing_ok=True)  # one that was left behind may be for others to read
        write_whole(out, data, part, 0o644 if everybodys else 0o600)
    except OSError as fault:
        raise Usage(f"{out} cannot be written: {fault.strerror}") from None
    at = made.head.checkpoint
    plain = {
        "file": str(out),
        "subject": made.subject,
        "origin": at.origin,
        "size": at.size,
        "records": len(made.disclosed.rows),
        "withheld": len(made.disclosed.withheld),
        "clean": audit["clean"],
        "sha256": sha256(data).hexdigest(),
    }
    if session.json:
        showing.line(plain)
        return
    say(f"{out} has {plain['records']} records of {at.size} events of {at.origin}")
    say(f"  withheld: {plain['withheld']}")
    say(f"  the audit found {'nothing' if audit['clean'] else 'something: see audit.json'}")
    say(f"  SHA-256 {plain['sha256']}")


def _verify(session: Session, data: bytes, policy: bytes) -> None:
    """Check what was made as whoever gets it will. A time out of its bracket is told there."""
    from svx_ledger.proofs.checks.bundle import BundleCheck
    from svx_ledger.proofs.finding import Code
    from svx_ledger.proofs.finding import Refused as NotTrusted
    from svx_ledger.proofs.notes.policy_file import parse_policy
    from svx_ledger.publishing.state.database import NotPublished

    try:
        check = BundleCheck(data, parse_policy(policy.decode()))
    except (NotTrusted, UnicodeDecodeError) as refused:
        raise Usage(f"the policy does not trust what was published: {refused}") from None
    for _ in check.run():
        pass
    for found in check.findings:
        if found.code is not Code.TIME_OUTSIDE_BRACKET:
            raise NotPublished(f"what was made does not verify: {found}")
        tell_plainly(session, str(found))


def _policy_text(session: Session, file: Path | None) -> bytes | None:
    from svx_ledger.cli.verify.asked import read_file
    from svx_ledger.proofs.notes.policy_file import POLICY_LENGTH

    named = file or (Path(session.settings.policy) if session.settings.policy else None)
    return None if named is None else read_file(named, POLICY_LENGTH)
