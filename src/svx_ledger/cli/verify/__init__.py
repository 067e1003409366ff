"""`verify`: the published log, receipts, rows and heads, without trusting who published them.

- `group`, `ending`: exit codes of its own
- `asked`, `patience`, `reading_ahead`, `in_time`: where a log is read, and how long that takes
- `checking_rows`: the rows of a ledger, by one process or several
- `telling`: what was found, as lines or as JSON
"""
