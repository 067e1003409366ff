"""What `svx-ledger doctor` looks at: nothing of it writes.

- `finding`: what is found
- `places`: settings, versions, who may read and write files, room on the disk
- `logs`: the store, and the end of the log
- `times`: clocks, and deadlines that nobody decided
- `access`: API keys, and what the program may do on the server
- `kept`: the stored views
"""
