"""A process that builds the views of a ledger again and again, until it is told to stop.

`python -m tests.faults.rebuilder URL`; it ends when its standard input does.
"""

import select
import sys
from contextlib import closing
from datetime import timedelta

from svx_ledger.projections.stored.opening import open_keeper

if __name__ == "__main__":
    with closing(open_keeper(sys.argv[1])) as keeper:
        while not select.select([sys.stdin], [], [], 0)[0]:
            for _ in keeper.build(batch=500):
                pass
            keeper.sweep(timedelta(seconds=1))
            print("built", flush=True)
