"""A forger who has the log's own key: the operator, or whoever took it from them."""

import shutil
from collections.abc import Sequence
from contextlib import closing

from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Forked
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.proofs.tree.consistency import consistency_path
from svx_ledger.publishing.cosigning.witnesses import Witnesses
from tests.proofs.written_log import WrittenLog

from .case import Case
from .honest import KEY, ORIGIN, POLICY, witness


def sign_anew(case: Case, rows: Sequence[Row], folder: str = "published") -> WrittenLog:
    """Publish these rows under the real key, as if there had never been others.

    The witness is asked too; where it does not cosign, the head is shown without it.
    """
    shutil.rmtree(case.folder / folder, ignore_errors=True)
    log = WrittenLog(case.folder / folder, [row.record for row in rows], ORIGIN, KEY)
    note = log.note()
    (log.folder / "checkpoint").write_bytes(_cosigned(case, log, note))
    return log


def _cosigned(case: Case, log: WrittenLog, note: bytes) -> bytes:
    tree = log.tree()

    def prove(old: int) -> list[bytes]:
        return consistency_path(old, log.size, tree.node)

    with (
        witness(case.folder, case.now),
        closing(Witnesses(parse_policy(POLICY), case.now)) as witnesses,
    ):
        try:
            cosigned = witnesses.cosign(note, prove, head=log.size)
        except Forked:
            return note
    assert len(parse_note(cosigned.note).signatures) == 1 + len(cosigned.signatures)
    return cosigned.note
