"""What a seed decides: the salts, the second at which a bid arrives, an opening bid's size.

Nothing here is random or secret: anybody can draw the same from the same seed. What the story
tells stays the same: how an auction ends is written in it, with bids to the second.
"""

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from typing import Final

SEED: Final = 1
"""Of the story where no other is asked for."""
MOST_PER_MILLE: Final = 30


def seeded_salts(seed: int = SEED) -> Callable[[], bytes]:
    """Return salts that anybody can make again: for a story, in which nothing is secret."""
    numbers = count(1)
    return lambda: sha256(f"svx demo salt {seed} {next(numbers)}".encode()).digest()[:16]


def draw(seed: int, what: str, below: int) -> int:
    """Return a number from 0 to below another, which this seed draws for this."""
    digest = sha256(f"svx demo draw {seed} {what}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def second(seed: int, what: str, at: str) -> str:
    """Return a time of day, with the second drawn where it is only told to the minute."""
    return at if at.count(":") > 1 else f"{at}:{draw(seed, what, 60):02d}"


def somewhat_below(seed: int, what: str, quantity: int) -> int:
    """Return a quantity that is up to three per cent lower."""
    return quantity - quantity * draw(seed, what, MOST_PER_MILLE + 1) // 1000
