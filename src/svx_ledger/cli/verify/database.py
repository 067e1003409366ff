"""`verify database`: the ledger's own rows against the log that was published of it."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli.session import Session
from svx_ledger.proofs.checks.brackets import TOLERANCE_SECONDS, Brackets
from svx_ledger.proofs.checks.rows import Kept, Opening, RowsCheck
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.telling.rows import rows_lines
from svx_ledger.proofs.tree.tiled_tree import TiledTree
from svx_ledger.settings import redacted

from .asked import Evidence, Keys, PolicyFile, published, trusted_by, watched
from .ending import end
from .kept_heads import EarlierHeads
from .telling import plain_trusted, tell_verified, with_evidence
from .whose import doubt_of

if TYPE_CHECKING:
    from svx_ledger.eventlog.store import Store

Log = Annotated[
    str, typer.Option("--log", metavar="URL|DIR", help="Where the published log is.")
]
Heads = Annotated[
    Path | None,
    typer.Option(
        "--heads",
        metavar="DIR",
        help="Signed checkpoints that were kept, a file each; beside those of the publisher.",
    ),
]
Tolerance = Annotated[
    int,
    typer.Option(
        "--tolerance",
        metavar="SECONDS",
        help="How far a time may lie outside what witnesses saw.",
        min=0,
    ),
]


def database(
    session: Session,
    *,
    log: Log,
    key: Keys = None,
    policy: PolicyFile = None,
    heads: Heads = None,
    tolerance: Tolerance = TOLERANCE_SECONDS,
    evidence: Evidence = None,
) -> None:
    """Check every row of the ledger against its published log.

    Each record is hashed again, its columns are held to it, each event to the one before it on
    its stream, its time to what witnesses saw, and private texts to their commitments.
    """

    def check() -> None:
        trust = trusted_by(key, policy)
        with published(log) as source:
            note = source.checkpoint()
            trusted = trust.open(note)
            head = trusted.checkpoint
            tree = TiledTree(head.size, head.root, source.tile)
            doubt = doubt_of(session.settings.ledger, head)
            try:
                earlier = EarlierHeads(trust, trusted, tree)
                brackets = Brackets(earlier.all(heads, session.settings.ledger))
                done = _check_rows(session, tree, brackets, tolerance)
            except Refused as refused:
                found = [refused.finding]
                raise with_evidence(session, found, evidence, note=note, doubt=doubt) from None
        if done.findings:
            raise with_evidence(session, done.findings, evidence, note=note, doubt=doubt)
        counts = {
            "rows": done.rows,
            "rows_not_signed": done.above,
            "heads": earlier.count,
            "private_texts_kept": done.opened,
            "private_texts_erased": done.erased,
        }
        address, dated = redacted(session.settings.ledger), bool(len(brackets))
        lines = rows_lines(done, trusted, address=address, heads=str(earlier), dated=dated)
        lines = lines if doubt is None else [doubt, *lines]
        whose = {"ledger": address, "doubt": doubt}
        tell_verified(session, lines, **plain_trusted(trusted), **whose, **counts)

    end(session, check)


def _check_rows(
    session: Session, tree: TiledTree, brackets: Brackets, tolerance: int
) -> RowsCheck:
    """Read every row once, as it lies in the table. Raises StoreError."""
    from svx_ledger.eventlog.open import open_store, raw_rows

    url = session.settings.ledger
    with closing(open_store(url)) as store, closing(raw_rows(url)()) as rows:
        last = store.head().position
        kept = _openings(store)
        done = RowsCheck(tree, brackets, kept, tolerance=tolerance)
        for _ in watched(done.run(rows.read, rows.first_from, last), last):
            pass
        beside = sum(1 for _ in store.privates()) - done.opened
        if beside > 0 and not done.findings:  # else they may be of a record that was changed
            detail = f"{beside} private texts are kept that no record committed to"
            done.found(Refused(Code.OPENING_MISMATCH, detail))
        return done


def _openings(store: "Store") -> Kept:
    def kept(commitment: str) -> Opening | None:
        row = store.private(commitment)
        return None if row is None else Opening(*row[1:])

    return kept
