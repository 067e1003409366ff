"""An evidence bundle, held to a head that the user trusts: its records, and what dates them.

Whom to trust comes from the user. What its maker says in it is read, and trusted in nothing.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from svx_ledger.proofs.files.bundle import (
    HEAD_NOTE,
    MANIFEST,
    growth_name,
    head_name,
    parse_manifest,
    receipt_name,
    record_name,
)
from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.files.stored_zip import unpack_zip
from svx_ledger.proofs.finding import Code, Finding, Refused, not_canonical
from svx_ledger.proofs.notes.policy import Policy, Trusted
from svx_ledger.proofs.tree.inclusion import verify_inclusion
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash

from .brackets import TOLERANCE_SECONDS, Brackets
from .bundle_parts import (
    is_makers_policy,
    makers_audit_is_clean,
    require_as_listed,
    require_no_less,
    require_no_more,
)
from .earlier_heads import require_earlier
from .first_findings import FirstFindings
from .loose_chains import LooseChains
from .records import Record, parse_record

RECORDS_AT_ONCE: Final = 256


class BundleCheck:
    """All of a bundle, checked by `run`; then what it came to.

    What is wrong is collected: for each code the first finding. `chains` knows the streams that
    the `records` are of; `dated` counts the records that are there under a cosigned head, and
    `undated_heads` the heads with too few of the user's witnesses to date anything; `sha256` is
    that of the whole file, in hex.
    """

    def __init__(
        self, data: bytes, policy: Policy, *, tolerance: int = TOLERANCE_SECONDS
    ) -> None:
        """Open a bundle and its head.

        Raises Refused: SVX301 for what is no bundle, or one with parts that its manifest does
        not list, or whose manifest names another head than it has; SVX401 without a head,
        SVX201 and SVX202 where that is not to be trusted.
        """
        self._policy = policy
        self._tolerance = tolerance
        self._parts = unpack_zip(data)
        self.sha256 = sha256(data).hexdigest()
        self.manifest = parse_manifest(self._parts.pop(MANIFEST, b""))
        self._first = FirstFindings()
        require_no_more(self._parts, self.manifest)
        self._collect(lambda: require_no_less(self._parts, self.manifest))
        if HEAD_NOTE not in self._parts:
            raise Refused(Code.WITHHELD, "it has no head")
        self.note = self._parts[HEAD_NOTE]
        self.trusted = policy.open(self.note)
        head, told = self.trusted.checkpoint, self.manifest
        if (head.origin, head.size, head.root) != (told.origin, told.size, told.root):
            raise not_canonical("its manifest is of another head than its checkpoint")
        self.chains = LooseChains(self.manifest.withheld)
        self._time = ""
        self._brackets = Brackets([])
        self.records = self.dated = self.undated_heads = 0
        self.audit_clean: bool | None = None
        self.same_policy: bool | None = None

    def run(self) -> Iterator[int]:
        """Check everything; say after some hundred records how many are done."""
        heads = [self.trusted, *self._dating_heads()]
        self._brackets = Brackets(heads, self._tolerance)
        for number, position in enumerate(self.manifest.positions, start=1):
            try:
                self._record(position)
            except Refused as refused:
                self._found(refused, position - 1)
                self.chains.leave_out(position)
            if number % RECORDS_AT_ONCE == 0:
                yield number
        self._collect(lambda: self.chains.require(self.manifest.subject))
        self._collect(lambda: require_as_listed(self._parts, self.manifest))
        self._collect(self._claims)
        yield len(self.manifest.positions)

    @property
    def findings(self) -> list[Finding]:
        """The first finding of each code, by the leaf that it concerns."""
        return self._first.in_order()

    def _found(self, refused: Refused, index: int | None = None) -> None:
        found = refused.finding
        at = index if found.index is None else found.index
        self._first.add(found.code, found.detail, at)

    def _collect(self, check: Callable[[], None]) -> None:
        try:
            check()
        except Refused as refused:
            self._found(refused)

    def _dating_heads(self) -> Iterator[Trusted]:
        """Yield the earlier heads that date records; the head goes on from every one."""
        for size in self.manifest.sizes:
            note, proof = (self._parts.get(name(size)) for name in (head_name, growth_name))
            if note is None or proof is None:
                continue  # found missing already
            try:
                dating = self._dating_head(size, note, proof)
            except Refused as refused:
                detail = f"the head of {size} leaves: {refused.finding.detail}"
                found = refused.finding
                self._found(Refused(found.code, detail, found.index))
                continue
            if dating is not None:
                yield dating

    def _dating_head(self, size: int, note: bytes, proof: bytes) -> Trusted | None:
        try:
            dating = self._policy.open(note)
        except Refused as refused:
            if refused.finding.code is not Code.QUORUM_MISSING:
                raise
            self.undated_heads += 1
            return None
        older, head = dating.checkpoint, self.trusted.checkpoint
        if older.size != size:
            raise not_canonical(f"it has {older.size}")
        require_earlier(older, head, proof)
        return dating

    def _record(self, position: int) -> None:
        """Check one record against its receipt, and what is before it on its stream."""
        data = self._parts.get(record_name(position))
        proof = self._parts.get(receipt_name(position))
        if data is None or proof is None:  # one of those that were found missing
            raise Refused(Code.WITHHELD, "it is listed and not there", position - 1)
        self.records += 1
        index, head, receipt = position - 1, self.trusted.checkpoint, parse_receipt(proof)
        if receipt.checkpoint != self.note or receipt.extra is not None:
            raise not_canonical("its receipt is under another head, or more than a receipt")
        if receipt.index != index:
            detail = f"its receipt is for leaf {receipt.index}"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, index)
        leaf = leaf_hash(entry_of(data))
        verify_inclusion(leaf, index, head.size, receipt.path, head.root)
        record = parse_record(data)
        if record.position != position:
            detail = f"its record says position {record.position}"
            raise Refused(Code.ENTRY_NOT_IN_TREE, detail, index)
        self._times(record)
        self._collect(lambda: self.chains.take(record, leaf))

    def _times(self, record: Record) -> None:
        """No record is older than the one before it, nor outside its bracket."""
        index = record.position - 1
        if record.recorded_at < self._time:
            detail = "it was recorded before a record that stands before it"
            self._found(Refused(Code.TIME_OUTSIDE_BRACKET, detail, index))
        self._time = max(self._time, record.recorded_at)
        self.dated += self._brackets.of(index).seen_with is not None
        far = self._brackets.outside(index, record.recorded_seconds)
        if far is not None:
            detail = f"it was recorded {far}"
            self._found(Refused(Code.TIME_OUTSIDE_BRACKET, detail, index))

    def _claims(self) -> None:
        """Take note of what the maker says: whom it trusts, and what its audit found."""
        self.same_policy = is_makers_policy(self._parts, self._policy)
        self.audit_clean = makers_audit_is_clean(self._parts)
