"""What goes on by itself: the boards of auctions and the feed of events, as server-sent events.

- `hub`: one per process: it notices what is new, and tells those who watch
- `looking`: what it reads for that, in a thread of its own
- `drawing`: boards as messages, each drawn once for all who are shown the same
- `ring`: the newest messages of the feed, encoded once for all who are told the same
- `channels`, `followers`: those who watch boards, and those who follow the feed
- `watchers`: one connection each: what it is to be sent next
- `gate`: how many there may be, and whether the key of each is still in force
- `streaming`: the answer itself, and how a connection that takes nothing is let go
- `wire`: messages as bytes
- `streams`: from a request to its stream
- `connection`: what the server has to know of connections for that
"""
