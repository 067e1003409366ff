"""Views that are stored: beside an SQLite ledger in a file, on PostgreSQL in a schema.

- `generation`, `generations`: full sets of tables at one position, and how one is fenced
- `dialect`, `statements`, `arrays`, `rows`, `writing`: tables in SQL; their rows read, changed
- `packing`, `prepared`: a batch made ready to be written, where it was folded
- `sqlite_views`, `postgres_views`: the two databases, each with its transactions; `place`: what
  is the same in both; `hints`, `listening`: what may tell a follower of news
- `fingerprint`: by what a program tells its own views; `keeping`: moved on, built, swept
- `ledger_views`: what everybody reads; `status`: how it stands; `opening`: from an address
"""
