"""Reading over HTTP: what the command line shows, as whoever asks may see it.

- `asking`: what a read is; `catalogue`: all of them
- `auctions`, `register`, `records`, `things`, `replays`, `leverage`, `reports`: the reads
- `lists`: things by their names; `states`: one of them, as `folding` finds it in its stream
- `rendering`: answering one and writing the answer out; `kept`: lists that are being paged
- `routes`: from a request to that, and back; `own`: who asks, and what became of a command
"""

from fastapi import FastAPI


def add_reads(app: FastAPI) -> None:
    """Add the routes of every read."""
    from .catalogue import READS
    from .own import add_own
    from .routes import add_read

    add_own(app)
    for read in READS.values():
        add_read(app, read)
