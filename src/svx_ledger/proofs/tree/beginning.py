"""How far two trees are the same from their first leaf on, whatever comes behind that."""

from .inclusion import Node


def common_beginning(most: int, one: Node, other: Node) -> int:
    """How many of the first `most` leaves two trees, each with at least as many, have alike.

    Bit by bit, the largest first: each step compares one subtree of both, so that of a tree of
    n leaves log2(n) hashes are read.
    """
    alike = 0
    for level in reversed(range(most.bit_length())):
        after = alike + (1 << level)
        if after <= most and one(level, alike >> level) == other(level, alike >> level):
            alike = after
    return alike
