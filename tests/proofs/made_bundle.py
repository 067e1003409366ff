"""Evidence bundles made with nothing but the proofs, to check and to spoil."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from svx_ledger.proofs.checks.each_row import StoredRow
from svx_ledger.proofs.checks.earlier_heads import growth_data
from svx_ledger.proofs.files.bundle import (
    AUDIT_RESULT,
    HEAD_NOTE,
    MAKERS_POLICY,
    MANIFEST,
    RULES_TEXT,
    SUMMARY_TEXT,
    Manifest,
    digests_of,
    growth_name,
    head_name,
    receipt_name,
    record_name,
)
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.files.stored_zip import pack_zip
from svx_ledger.proofs.tree.consistency import consistency_path
from svx_ledger.proofs.tree.inclusion import inclusion_path

from .stored import history, unix
from .written_log import ORIGIN, WrittenLog, policy_text

SIZE = 40
SUBJECT = "auction-1"
STREAMS = (SUBJECT, "auction-2", "ledger-1")
EARLIER = (7, 15, 31)


@dataclass
class MadeBundle:
    """A bundle of some streams of a log, which is honest until its parts are changed."""

    folder: Path
    rows: Sequence[StoredRow] = field(default_factory=lambda: history(SIZE))
    subject: str = SUBJECT
    withheld: Sequence[int] = ()
    cosigned_after: Mapping[int, float] = field(default_factory=dict)
    """By size, how many seconds after the ledger began its head was cosigned; else at once."""

    def __post_init__(self) -> None:
        self.log = self._written(SIZE)
        note = self.log.note()
        self.parts = {
            HEAD_NOTE: note,
            MAKERS_POLICY: policy_text(2).encode(),
            RULES_TEXT: b"The rules\n",
            SUMMARY_TEXT: b"What happened\n",
            AUDIT_RESULT: b'{"clean":true}',
        }
        tree = self.log.tree()
        for position, stream, _, _, record in self.rows:
            if stream in STREAMS and position not in self.withheld:
                path = tuple(inclusion_path(position - 1, SIZE, tree.node))
                self.parts[record_name(position)] = record
                receipt = Receipt(position - 1, path, note)
                self.parts[receipt_name(position)] = receipt.data()
        for size in EARLIER:
            growth = growth_data(consistency_path(size, SIZE, tree.node))
            self.parts[head_name(size)] = self._written(size).note()
            self.parts[growth_name(size)] = growth

    def _written(self, size: int) -> WrittenLog:
        when = unix(self.cosigned_after.get(size, size))
        records = [row[4] for row in self.rows[:size]]
        return WrittenLog(self.folder / str(size), records, cosigned=[when, when])

    def manifest(self, **other: object) -> Manifest:
        """The manifest of the parts as they are now."""
        told = {
            "origin": ORIGIN,
            "size": SIZE,
            "root": self.log.root,
            "subject": self.subject,
            "viewer": "public",
            "withheld": tuple(self.withheld),
            "parts": digests_of(self.parts),
            **other,
        }
        return Manifest(**told)  # type: ignore[arg-type]

    def data(self, manifest: Manifest | None = None) -> bytes:
        """The file, with a manifest of its parts or with this one."""
        told = self.manifest() if manifest is None else manifest
        return pack_zip({MANIFEST: told.data(), **self.parts})
