"""Faults: what the write path is put through, and the checker that nothing slips past.

`python -m tests.faults` runs every fault many times and prints a table; see docs/faults.md.
"""
