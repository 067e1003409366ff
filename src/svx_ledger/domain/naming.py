"""Names of new things: a kind, and eighty bits in letters that people can read aloud."""

from typing import Final

NAME_BYTES: Final = 10
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: without i, l, o and u."""


def named(kind: str, bits: bytes) -> str:
    """Return the stream name of a new thing; `bits` are 10 bytes, random or a digest's."""
    assert len(bits) == NAME_BYTES
    number = int.from_bytes(bits, "big")
    letters = (_ALPHABET[(number >> (5 * place)) & 31] for place in range(16))
    return f"{kind}-{''.join(letters)}"
