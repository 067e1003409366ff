"""Cosignatures: a witness says when it saw which head of a log (C2SP tlog-cosignature v1.0.1).

It also says that this head extends every head that it ever cosigned for the log, so that a log
cannot show two histories to people who trust the witness.
"""

from typing import Final

from svx_ledger.proofs.finding import Code, Refused

from .checkpoint import SIZE_LIMIT
from .keys import COSIGNATURE, SIGNATURE_BYTES, SigningKey, VerifierKey
from .note import NoteSignature

_TIME_BYTES: Final = 8


def cosign(key: SigningKey, body: bytes, time: int) -> NoteSignature:
    """Sign a checkpoint's body, with its last newline, as seen at `time` (Unix seconds).

    Raises ValueError for a key of another kind, or a time that a cosignature cannot state.
    """
    if key.algorithm != COSIGNATURE:
        raise ValueError(f"the key {key.name} is not for cosignatures")
    if not 0 <= time < SIZE_LIMIT:
        raise ValueError("a cosignature's time lies between 0 and 2^63 - 1 seconds")
    signed = key.sign(_cosigned_message(body, time))
    return NoteSignature(key.name, key.verifier.key_id, time.to_bytes(_TIME_BYTES) + signed)


def cosigned_at(key: VerifierKey, body: bytes, signature: NoteSignature) -> int:
    """Return when the witness saw this body (Unix seconds): its word, no clock was asked.

    Raises Refused (SVX201) where the signature line is not this witness's for this body.
    """
    time, signed = stated_time(signature), signature.signature[_TIME_BYTES:]
    if (
        time is None
        or key.algorithm != COSIGNATURE
        or (signature.name, signature.key_id) != (key.name, key.key_id)
        or not key.verifies(_cosigned_message(body, time), signed)
    ):
        raise Refused(Code.KEY_UNKNOWN, f"the cosignature of {key.name} is wrong")
    return time


def stated_time(signature: NoteSignature) -> int | None:
    """Return the time that a line states (Unix seconds), unchecked; None for no cosignature."""
    time = int.from_bytes(signature.signature[:_TIME_BYTES])
    if len(signature.signature) != _TIME_BYTES + SIGNATURE_BYTES or time >= SIZE_LIMIT:
        return None
    return time


def _cosigned_message(body: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % time + body
