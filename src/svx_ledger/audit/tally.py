"""What must be said once and for all of a whole log, kept in a few bytes an event.

A row of a table is kept as a keyed digest of 64 bits beside the position that it belongs to:
whether two sets of rows agree is seen from these; the rows themselves are read again only
where they do not.
"""

from array import array
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

_BUCKET: Final = 2**18


class Tally:
    """Digests with the positions of the events that they come from."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.digests = array("Q")
        self.positions = array("Q")

    def add(self, position: int, *parts: object) -> None:
        """Keep a row."""
        self.digests.append(self.digest(*parts))
        self.positions.append(position)

    def digest(self, *parts: object) -> int:
        """Return what stands for a row: nobody who does not know the key can make two alike."""
        said = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
        return int.from_bytes(sha256(self._key + said).digest()[:8])

    def extend(self, other: "Tally") -> None:
        """Take over what another process kept."""
        self.digests.extend(other.digests)
        self.positions.extend(other.positions)

    def agrees(self, rows: Iterable[tuple[object, ...]]) -> bool:
        """Whether exactly these rows were kept, each as often."""
        total, count = 0, 0
        for row in rows:
            total += self.digest(*row)
            count += 1
        return (total, count) == (sum(self.digests), len(self.digests))

    def missing(self, rows: Iterable[tuple[object, ...]]) -> list[int]:
        """Return the positions of what was kept and is not among these rows."""
        there = {self.digest(*row) for row in rows}
        kept = zip(self.digests, self.positions, strict=True)
        return sorted({position for digest, position in kept if digest not in there})

    def unfounded(self, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
        """Give those of these rows that were not kept, or come once more than they were."""
        kept = set(self.digests)
        for row in rows:
            digest = self.digest(*row)
            if digest in kept:
                kept.discard(digest)
            else:
                yield row

    def repeated(self) -> Iterator[tuple[int, int]]:
        """Give (first position, later position) of digests that were kept more than once."""
        buckets = 1 + len(self.digests) // _BUCKET
        for bucket in range(buckets):
            part = [digest for digest in self.digests if digest % buckets == bucket]
            if len(set(part)) == len(part):
                continue
            first: dict[int, int] = {}
            kept = zip(self.digests, self.positions, strict=True)
            for position, digest in sorted((p, d) for d, p in kept if d % buckets == bucket):
                if first.setdefault(digest, position) != position:
                    yield first[digest], position
