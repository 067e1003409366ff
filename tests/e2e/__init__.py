"""End to end: real server processes, real keys, real connections, and the log they leave.

- `line`: the way to the server, on which connections are cut
- `traffic`: every request that went out, with what came back; `again`: all of it once more
- `caller`: one person with a key, who gives commands and notes what it was told
- `cast`: everybody, from the first registration to their keys
- `steps`, `bidding`, `concluding`: what they do before the bidding, in it, and after it
- `playing`: the whole auction; `reading`: what it left in the ledger
- `model`: who stood where when, worked out again from the events
- `sweep`: every read, by everybody, searched for what they may not know; `hushed`: where
- `sockets`: which process answers on a connection
"""
