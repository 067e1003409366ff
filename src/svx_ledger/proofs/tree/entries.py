"""Entry bundles: what the leaves of a log are the hashes of (C2SP tlog-tiles v0.1.0).

Each entry stands behind its length in bytes, a 16-bit number with the higher byte first.
"""

from collections.abc import Sequence
from typing import Final

from svx_ledger.proofs.finding import not_canonical

from .tiles import TILE_WIDTH

LENGTH_BYTES: Final = 2
MAX_ENTRY_BYTES: Final = (1 << 8 * LENGTH_BYTES) - 1


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """The entry bundle of these entries, in their order.

    Raises ValueError where none can be: for no entry or more than 256, and for an entry of
    more than 65,535 bytes.
    """
    if not 0 < len(entries) <= TILE_WIDTH:
        raise ValueError(f"an entry bundle has 1 to {TILE_WIDTH} entries, not {len(entries)}")
    packed = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(f"an entry has {MAX_ENTRY_BYTES} bytes at most, not {len(entry)}")
        packed += [len(entry).to_bytes(LENGTH_BYTES), entry]
    return b"".join(packed)


def unpack_entries(data: bytes, width: int) -> list[bytes]:
    """The entries of an entry bundle that holds exactly `width` of them.

    Raises Refused (SVX301) for a bundle that is cut short or has anything behind its last
    entry.
    """
    entries = []
    at = 0
    for _ in range(width):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    if at != len(data):  # `at` only grows, so it stays beyond the end of a cut bundle
        raise not_canonical(f"an entry bundle of {width} has {len(data)} bytes, not {at}")
    return entries
