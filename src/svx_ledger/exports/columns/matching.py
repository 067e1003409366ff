"""Whether a copy is of this ledger, with this past: by the Merkle tree over what it covers."""

from collections.abc import Iterator
from typing import NamedTuple

from svx_ledger.eventlog.record import leaf_of
from svx_ledger.proofs.tree.compact_range import root_over

from .faults import CopyRefused
from .layout import MANIFEST
from .manifest import Manifest, Segment, root_of
from .source import Source


class Finding(NamedTuple):
    """A file of a copy, and what is wrong with it."""

    file: str
    reason: str


def refuse_other(manifest: Manifest, source: Source) -> Iterator[int]:
    """Yield positions as they are found alike. Raises CopyRefused at the first that is not."""
    for found in differences(manifest, source):
        if isinstance(found, Finding):
            raise CopyRefused(f"{found.file}: {found.reason}")
        yield found


def differences(manifest: Manifest, source: Source) -> Iterator[int | Finding]:
    """Yield the end of each segment that is of this ledger, and the first that is not."""
    ledger, leaf = source.opening()
    if ledger != manifest.ledger:
        other = f"it is a copy of another ledger, {manifest.ledger}; this one is {ledger}"
        yield Finding(MANIFEST, other)
        return
    if leaf != manifest.ledger_leaf:
        other = f"it is a copy of another ledger that is called {ledger} too: it was opened by "
        yield Finding(MANIFEST, f"{other}another first record")
        return
    head = source.head()
    if head < manifest.last:
        yield Finding(
            MANIFEST,
            f"it covers positions up to {manifest.last}, and the ledger ends at {head}: an "
            f"older state of the ledger was restored, or the newer one is elsewhere",
        )
        return
    subtrees = []
    for segment in manifest.segments:
        reason = _reason(segment, source)
        subtrees.append(segment.subtree)
        if reason is None and segment.root != root_of(subtrees):
            reason = f"{MANIFEST} names another Merkle root than its segments have"
        if reason is not None:
            yield Finding(segment.files["log"].file, reason)
            return
        yield segment.last


def _reason(segment: Segment, source: Source) -> str | None:
    leaf = b""

    def leaves() -> Iterator[bytes]:
        nonlocal leaf
        for row in source.rows(segment.first - 1, segment.last):
            leaf = leaf_of(row[4])
            yield leaf

    found = root_over(leaves()).hex()
    if (segment.subtree, segment.leaf) != (found, leaf.hex()):
        return (
            f"the ledger has other records at positions {segment.first} to {segment.last} "
            f"(their Merkle root is not the one in {MANIFEST}): it is another past, or another "
            f"ledger"
        )
    return None
