"""A note that witnesses are asked to cosign: what is sent, and what their answers mean."""

from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from svx_ledger.eventlog.store import Forked
from svx_ledger.proofs.checks.brackets import TOLERANCE_SECONDS
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint, parse_decimal
from svx_ledger.proofs.notes.cosignature import cosigned_at
from svx_ledger.proofs.notes.keys import VerifierKey, signatures_of_keys
from svx_ledger.proofs.notes.note import Note, NoteSignature, base64_text, parse_note

from .witness_call import NotAsked, WitnessAnswer

CLOCK_SECONDS: Final = TOLERANCE_SECONDS // 2
"""How far a cosignature's time may be from the clock here. A note is dated by it: one that is
further off can make records look as if they had been put in later, or before their time."""

SIZE: Final = "text/x.tlog.size"
"""The media type of an answer that says which size a witness holds."""

_NO_SIZE: Final = "it answered 409 without the size that it holds"
_REFUSALS: Final = {
    400: "it says that the request is malformed",
    403: "it trusts no key that signed the note",
    404: "it does not know the log",
}

Prove = Callable[[int], list[bytes]]
"""The consistency proof from a size, above 0 and below the note's, to the note's size."""


class AskedNote(NamedTuple):
    """A note, its head, and what the log has around it: `log_size` is its size by now."""

    note: Note
    head: Checkpoint
    prove: Prove
    log_size: int

    def body_from(self, old: int) -> bytes:
        """The request to a witness that holds `old` leaves: no more than the note has."""
        proof = self.prove(old) if 0 < old < self.head.size else []
        hashes = "".join(f"{base64_text(digest)}\n" for digest in proof)
        return f"old {old}\n{hashes}\n".encode() + self.note.data()

    def accepted(self, key: VerifierKey, answer: WitnessAnswer, now: float) -> NoteSignature:
        """The witness's cosignature, checked; other keys' are passed over. Raises NotAsked."""
        try:
            return self._checked(key, answer, now)
        except Refused as refused:
            raise NotAsked(f"its answer: {refused}") from None

    def _checked(self, key: VerifierKey, answer: WitnessAnswer, now: float) -> NoteSignature:
        answered = parse_note(self.note.text_bytes + b"\n" + answer.body)
        if answered.text != self.note.text:
            raise NotAsked("it answered something else than signatures")
        for _, signature in signatures_of_keys(answered, [key]):
            off = cosigned_at(key, self.note.text_bytes, signature) - now
            if abs(off) > CLOCK_SECONDS:
                raise NotAsked(f"its time is {off:+.0f} seconds from the clock here")
            return signature
        raise NotAsked("it did not sign with the key that the policy has")

    def size_after(self, name: str, old: int, answer: WitnessAnswer) -> int:
        """The size that the witness holds, if that is why it did not cosign from `old`.

        Raises Forked where its answer means that the log is not what it was; else NotAsked.
        """
        if answer.status == 422 and old > 0:
            self._forked(name, f"refuses the proof from {old} leaves")
        if answer.status != 409:
            unknown = f"it answered with status {answer.status}"
            raise NotAsked(_REFUSALS.get(answer.status, unknown))
        held = _size_in(answer)
        if held > self.head.size:
            self.refuse_larger(name, held)
        if held == old == self.head.size:
            self._forked(name, "holds another root at this size")
        if held == old:
            raise NotAsked(f"it asks for the proof from {held} leaves and does not take it")
        return held

    def refuse_larger(self, name: str, size: int) -> NoReturn:
        """Raise Forked, for a witness that holds more than the log has; else NotAsked."""
        if size > max(self.head.size, self.log_size):
            self._forked(name, f"holds {size} leaves, which are more than the log has")
        raise NotAsked(f"it holds {size} leaves already, more than this note has")

    def _forked(self, name: str, what: str) -> NoReturn:
        raise Forked(
            f"the witness {name} {what} ({self.head.origin}, {self.head.size} leaves): restore "
            "the ledger again, to its newest state, or begin a new origin with `svx-ledger "
            "epoch start`; a witness that is itself wrong is taken out of the policy"
        )


def _size_in(answer: WitnessAnswer) -> int:
    text = answer.body.decode("latin-1")
    if answer.media_type != SIZE or not text.endswith("\n"):
        raise NotAsked(_NO_SIZE)
    try:
        return parse_decimal(text.removesuffix("\n"))
    except Refused:
        raise NotAsked(_NO_SIZE) from None
