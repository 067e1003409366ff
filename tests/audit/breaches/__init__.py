"""The kinds of breach, by what they are about."""

from . import (
    agreeing,
    bidding,
    closing,
    delivering,
    disguised,
    ending,
    envelope,
    generated,
    judging,
    people,
    rows,
    running,
    sequence,
    winning,
)

__all__ = [
    "agreeing",
    "bidding",
    "closing",
    "delivering",
    "disguised",
    "ending",
    "envelope",
    "generated",
    "judging",
    "people",
    "rows",
    "running",
    "sequence",
    "winning",
]
