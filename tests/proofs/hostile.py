"""Bytes that somebody meant harm with: a good input, changed in a few places."""

from hypothesis import strategies as st

PIECES = [b"", b"\n", b"\n\n", b" ", b"+", b"=", b"\r", b"\x00", b"\xff", b"0", b"9" * 5000]


@st.composite
def mutated(draw: st.DrawFn, good: bytes) -> bytes:
    """A good input after one to three cuts, insertions, repetitions or flipped bits."""
    data = good
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.integers(0, 8)))
        kept = data[start:stop]
        flipped = bytes(byte ^ (1 << draw(st.integers(0, 7))) for byte in kept)
        piece = draw(st.sampled_from([*PIECES, kept * 2, flipped]) | st.binary(max_size=4))
        data = data[:start] + piece + data[stop:]
    return data
