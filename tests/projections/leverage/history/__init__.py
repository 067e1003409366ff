"""A history with everything in it that a leverage figure may depend on.

Real commands through the ledger's own deciding, encoding and writing, from a seed: the same
records for the same seed and size. Everybody in it is fictional.

- `everybody`: organisations, places, and three tables of proxies with odd shares
- `buying`: a procurement and the needs of its lots; `competing`: a lot's auction and its bids
- `awarding`: what becomes of the bids, to the contract or to none
- `acting`, `delivering`: what is done about a pledge, and what becomes of it
- `owing`: what becomes of a contract as a whole
- `paying`: what public bodies record, and correct later
- `playing`: all of it side by side in one order of time, onto a ledger file
- `features`: how often each thing happened, so that none disappears unseen
"""

from .playing import play

__all__ = ["play"]
