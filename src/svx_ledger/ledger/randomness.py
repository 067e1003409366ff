"""Random bytes for salts and command ids, fetched from the system many at a time.

Each call to the system gives up the interpreter's lock. A thread that gives it up for every
record waits for it as often, milliseconds each time while callers are busy.
"""

import os
import secrets
import time

_BYTES = 16
_AT_ONCE = 256

_stock: list[bytes] = []
os.register_at_fork(after_in_child=_stock.clear)  # else parent and child would salt alike


def random_salt() -> bytes:
    """Return 16 fresh random bytes. Safe from any thread."""
    while True:
        try:
            return _stock.pop()
        except IndexError:
            fresh = secrets.token_bytes(_BYTES * _AT_ONCE)
            _stock.extend(fresh[n : n + _BYTES] for n in range(0, len(fresh), _BYTES))


def new_command_id() -> str:
    """Return an id for a command that came without one: milliseconds, then 80 random bits.

    Ids that grow with time fall on the same pages of the outcomes' index; random ones dirty
    a page each, which nearly doubled the cost of an insert.
    """
    return f"{time.time_ns() // 1_000_000:012x}{random_salt()[:10].hex()}"
