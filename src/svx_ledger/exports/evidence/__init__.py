"""Evidence bundles: a file about one auction or award, to be checked without the ledger.

It is made as of a published head, from nothing but the records under it, so it is the same for
the same head at any later time, on another machine, and from another kind of store.

- `family`: which streams it takes to read an auction
- `disclosed`: what of them a viewer may have
- `vouched`: the head, receipts under it, earlier heads beside it
- `frozen_rules`, `summary`: the same for people; `making`: all of it in one file
- `refusing`: why there is none

How such a file is built and checked is in `proofs` (`files.bundle`, `checks.bundle`).
"""
