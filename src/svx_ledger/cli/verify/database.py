"""`verify database`: the ledger's own rows against the log that was published of it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from svx_ledger.cli.session import Session
from svx_ledger.proofs.checks.brackets import TOLERANCE_SECONDS, Brackets
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.telling.rows import rows_lines
from svx_ledger.proofs.tree.tiled_tree import TiledTree
from svx_ledger.settings import redacted

from .asked import Evidence, Keys, PolicyFile, Processes, is_address, published, trusted_by
from .checking_rows import RowsAsked, check_rows
from .ending import end
from .kept_heads import EarlierHeads
from .telling import plain_trusted, tell_verified, with_evidence
from .whose import doubt_of

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
    processes: Processes = 0,
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
                dated_by = earlier.all(heads, session.settings.ledger)
                brackets = Brackets(dated_by, tolerance)
                asked = RowsAsked(session.settings.ledger, source, head, brackets)
                one_a_core = processes or os.cpu_count() or 1
                done = check_rows(asked, 1 if is_address(log) else one_a_core)
            except Refused as refused:
                raise with_evidence(
                    session,
                    [refused.finding],
                    evidence,
                    note=note,
                    kept=earlier.held,
                    doubt=doubt,
                ) from None
            for fault in earlier.unread:
                done.found(fault)
        if done.findings:
            raise with_evidence(session, done.findings, evidence, note=note, doubt=doubt)
        counts = {
            "rows": done.counts.rows,
            "rows_not_signed": done.counts.above,
            "heads": earlier.count,
            "private_texts_kept": done.counts.opened,
            "private_texts_erased": done.counts.erased,
        }
        address, dated = redacted(session.settings.ledger), bool(len(brackets))
        lines = rows_lines(done, trusted, address=address, heads=str(earlier), dated=dated)
        lines = lines if doubt is None else [doubt, *lines]
        whose = {"ledger": address, "doubt": doubt}
        tell_verified(session, lines, **plain_trusted(trusted), **whose, **counts)

    end(session, check)
