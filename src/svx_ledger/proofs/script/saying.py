"""What the verifier prints. A check does not depend on whether anybody takes what it says."""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from svx_ledger.proofs.finding import FAILED, VERIFIED
from svx_ledger.proofs.telling.log import shown


def say(lines: Sequence[str]) -> int:
    """Print what was verified. FAILED where it cannot be written, such as on a full disk.

    Who stops reading a pipe has read all they want.
    """
    try:
        _write(sys.stdout, "".join(f"{line}\n" for line in lines))
    except BrokenPipeError:
        return VERIFIED
    except OSError as fault:
        complain(f"what was verified could not be shown: {fault}")
        return FAILED
    return VERIFIED


def tell_found(text: str) -> None:
    """Tell a finding; where nobody takes it, the exit code has to do."""
    with suppress(OSError):
        _write(sys.stdout, f"{shown(text)}\n")


def complain(text: str) -> None:
    """Say on standard error why there is no answer."""
    with suppress(OSError):
        _write(sys.stderr, f"{shown(text)}\n")


def tell_failure() -> None:
    """Print the exception that is being handled, with where it came from."""
    with suppress(OSError):
        _write(sys.stderr, traceback.format_exc())


def _write(stream: TextIO | None, text: str) -> None:
    """Write a text at once, to a stream that may be closed (None). Raises OSError."""
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        # What is left in the buffer fails again when Python ends, with an exit code of its own.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        raise
