"""Attacks on a ledger that was played and published, each with the check that finds it."""
