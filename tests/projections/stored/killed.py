"""A program that rebuilds the views slowly, to be killed: `python -m … URL FINGERPRINT`."""

import sys
import time
from contextlib import closing

from svx_ledger.projections.stored.opening import open_keeper

if __name__ == "__main__":
    with closing(open_keeper(sys.argv[1])) as keeper:
        keeper.fingerprint = sys.argv[2]  # whatever became of its source meanwhile
        for _ in keeper.build(batch=5):
            time.sleep(0.005)
