"""The Merkle tree over the log: RFC 6962 section 2.1, the same hashing as RFC 9162 section 2.1.

A leaf stands for one event, by the hash of its stored bytes; the leaf index is the event's
position less one. The first byte hashed says whether a hash is of a leaf or of a node, so that
neither can be passed off as the other.
"""

from hashlib import sha256

HASH_BYTES = 32

EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without events (RFC 9162 section 2.1.1: the hash of an empty string)."""


def entry_of(record: bytes) -> bytes:
    """What the log holds of an event: the hash of its record, exactly as the record is stored.

    The salt inside a record keeps this hash from being guessed, so entries can be public while
    their records are still hidden.
    """
    return entry_of_digest(sha256(record).digest())


def entry_of_digest(digest: bytes) -> bytes:
    """The same from the SHA-256 of the record, where the record itself is not at hand."""
    return b"svx-entry/1\n" + digest.hex().encode("ascii") + b"\n"


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry: SHA-256 of a zero byte and the entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256 of a one byte, the left hash and the right hash.

    Raises ValueError for a hash that is not 32 bytes: a shorter and a longer one beside each
    other would hash like another pair.
    """
    return sha256(b"\x01" + _checked(left) + _checked(right)).digest()


def _checked(digest: bytes) -> bytes:
    if len(digest) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, this one has {len(digest)}")
    return digest
