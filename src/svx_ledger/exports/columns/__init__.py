"""Columnar copies: the closed part of a log, and what follows from it, as typed Parquet files.

A copy is cut at multiples of a fixed number of positions. What is before the last cut never
changes, so each segment is written once, with the Merkle root of the log up to its end. A copy
can be thrown away and made again, and is as confidential as the ledger itself: it holds what
is hidden too (docs/columns.md).

- `layout`: the kinds of rows, their columns, where they stand; `manifest`: what is there
- `source`: what a copy is made of; `facts`, `stated`: rows that follow from the log
- `writing`: make a copy or bring it up to the log; `checking`: hold it against the ledger
- `question`, `reading`: leverage from it; `tail`: and from what is not closed yet

DuckDB comes with the extra `columns`, and is imported where it is used.
"""
