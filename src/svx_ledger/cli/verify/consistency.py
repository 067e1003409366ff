"""`verify consistency`: that one signed head goes on from another."""

from pathlib import Path
from typing import Annotated

import typer

from svx_ledger.cli.session import Session, Usage
from svx_ledger.proofs.checks.growth import verify_growth
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.note import NOTE_BYTES, base64_text
from svx_ledger.proofs.telling.log import growth_lines

from .asked import (
    Evidence,
    Keys,
    LogOption,
    PolicyFile,
    is_address,
    published,
    read_file,
    trusted_by,
)
from .ending import end
from .telling import (
    plain_head,
    tell_verified,
    with_evidence,
)

Note = Annotated[Path, typer.Argument(metavar="NOTE", help="A signed checkpoint.")]


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
