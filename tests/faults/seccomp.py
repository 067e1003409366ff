"""Making the kernel fail chosen system calls in one thread: Linux seccomp, through ctypes.

No rights and no tools are needed. The filter belongs to the thread that installs it and ends
with it, so the rest of the process goes on writing to its disk as before. What SQLite sees is
a real failed fsync.
"""

import ctypes
import os
import platform
from datetime import datetime
from typing import Final

from svx_ledger.ledger import SystemClock

_SYSTEM_CALLS: Final = {
    ("x86_64", "sync"): (74, 75),  # fsync, fdatasync
    ("x86_64", "write"): (1, 18, 20),  # write, pwrite64, writev
    ("aarch64", "sync"): (82, 83),
    ("aarch64", "write"): (64, 66, 68),
}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD_NUMBER, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def supported() -> bool:
    """Whether this machine's system calls are known here."""
    return (platform.machine(), "sync") in _SYSTEM_CALLS


def fail_from_now_on(kind: str, errno: int) -> None:
    """Let every `sync` or `write` of this thread fail with this errno, until the thread ends.

    Raises OSError where the kernel does not allow it.
    """
    numbers = _SYSTEM_CALLS[platform.machine(), kind]
    steps = [
        _Instruction(_LOAD_NUMBER, 0, 0, 0),
        *(
            _Instruction(_EQUAL, len(numbers) - n, 0, number)
            for n, number in enumerate(numbers)
        ),
        _Instruction(_RETURN, 0, 0, _ALLOW),
        _Instruction(_RETURN, 0, 0, _FAIL | errno),
    ]
    program = _Program(len(steps), (_Instruction * len(steps))(*steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class FailingClock(SystemClock):
    """Real time, and a disk that fails from the n-th batch on.

    The clock is a port that the writing thread asks under its lock, right before it decides:
    so the batch in hand, and what follows, meets the failing calls at its commit.
    """

    def __init__(self, kind: str, errno: int, batch: int) -> None:
        super().__init__()
        self._failure = (kind, errno)
        self._left = batch

    def now(self, server: datetime | None, asked_at: datetime) -> datetime:
        """Return real time; on the n-th call break the disk under this thread."""
        self._left -= 1
        if self._left == 0:
            fail_from_now_on(*self._failure)
        return super().now(server, asked_at)
