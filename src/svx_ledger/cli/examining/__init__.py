"""What `svx-ledger doctor` looks at: nothing of it writes.

- `finding`, `remedies`: what is found, and what to do
- `places`: settings, versions, who may read and write files, room on the disk
- `logs`, `pages`: the store, the end of the log, and the pages of an SQLite file
- `times`: clocks, and deadlines that nobody decided
- `access`, `rights`: API keys, and what the program may do on the server
- `kept`: the stored views
- `log_keys`, `marks`, `published`: the published log
"""
