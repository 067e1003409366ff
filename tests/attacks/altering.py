"""Bytes and values that are altered at random, in one place or a few."""

from random import Random

_PIECES = (b"\n", b"\n\n", b" ", b"+", b"=", b"\0", b"\xff", b"0", b'"', b"{", b"9" * 400)


def altered_bytes(random: Random, data: bytes) -> bytes:
    """Return other bytes: flipped, set, cut, put in, doubled, moved or exchanged."""
    while True:
        other = _altered(random, data)
        if other != data:
            return other


def _altered(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data)) if data else 0
    end = min(len(data), at + random.choice((1, 1, 1, 2, 8, 32, 100)))
    before, kept, after = data[:at], data[at:end], data[end:]
    match random.randrange(10):
        case 0 | 1 | 2 | 3:  # what a disk does, or a careful hand
            flipped = bytes([kept[0] ^ 1 << random.randrange(8)]) if kept else b"\0"
            return before + flipped + data[at + 1 :]
        case 4:
            return before + random.randbytes(len(kept)) + after
        case 5:
            return before + after
        case 6:
            return before + random.choice(_PIECES) + kept + after
        case 7:
            return before + kept + kept + after
        case 8:
            to = random.randrange(len(data) + 1)
            rest = before + after
            return rest[:to] + kept + rest[to:]
        case _:
            return before if random.random() < 0.5 else kept + after


def altered_text(random: Random, text: str) -> str:
    """Return another text, such as a column of text can hold on every store."""
    while True:
        other = altered_bytes(random, text.encode()).decode("utf-8", "replace")
        if (other := other.replace("\0", "0")) != text:
            return other


def altered_number(random: Random, number: int) -> int:
    """Return another number, near or far."""
    choices = (number + 1, number - 1, number ^ 1 << random.randrange(16), -number, 0, 10**6)
    return random.choice([one for one in choices if one != number])
