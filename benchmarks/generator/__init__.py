"""Histories of realistic auctions, as long as a measurement wants: every event from a decider.

    python -m benchmarks.generator --events 100000 --seed 1 --ledger sqlite:///history.db

- `world`: the ledger's rules without a store: states, unique keys, deadlines, outcomes
- `people`, `fields`, `proposals`: who acts, and commands built from what exists in a world
- `starting`, `auctions`, `awards`, `deliveries`, `safeguards`, `signing`: those that need more
- `stories`, `schedule`: procurements from registration to delivery, many side by side
- `press`: what the stories ask for, onto a ledger

The state machine in `tests/machine` plays with the same worlds and proposals.
"""

from . import auctions, awards, deliveries, safeguards, signing, starting

__all__ = ["auctions", "awards", "deliveries", "safeguards", "signing", "starting"]
