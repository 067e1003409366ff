"""A witness that remembers in a file, as real ones do, and whose clock goes on."""

import json
from collections.abc import Callable
from pathlib import Path

from svx_ledger.eventlog.store import Forked
from svx_ledger.eventlog.whole_files import write_whole
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.checkpoint import parse_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.notes.policy import Policy, TrustedWitness
from svx_ledger.proofs.tree.consistency import verify_consistency
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Cosigned

NAME = "witness.example"
KEY = SigningKey(NAME, COSIGNATURE, bytes([77]) * 32)
POLICY = Policy((), {NAME: TrustedWitness(KEY.verifier)}, {}, NAME)


class FileWitness:
    """One witness. Its `is_down` can be set; its time is a second more each time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_down = False

    def cosign(
        self, note: bytes, prove: Callable[[int], list[bytes]], *, head: int = 0
    ) -> Cosigned:
        """Cosign what extends the last head. Raises Forked for anything else."""
        if self.is_down:
            return Cosigned(note, [], complete=False, failures={NAME: "no answer"})
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.text)
        known = json.loads(self._path.read_text()) if self._path.exists() else None
        time = 1_000
        if known is not None:
            old, time = known["size"], known["time"] + 1
            if checkpoint.size < old <= head:
                return Cosigned(note, [], complete=False, failures={NAME: "it holds more"})
            proof = prove(old) if 0 < old < checkpoint.size else []
            root = bytes.fromhex(known["root"])
            try:
                verify_consistency(old, root, checkpoint.size, checkpoint.root, proof)
            except Refused as refused:
                raise Forked(str(refused)) from None
        said = {"size": checkpoint.size, "root": checkpoint.root.hex(), "time": time}
        part = self._path.with_suffix(".part")
        write_whole(self._path, json.dumps(said).encode(), part)
        signature = cosign(KEY, parsed.text_bytes, time)
        whole = Note(parsed.text, (*parsed.signatures, signature)).data()
        return Cosigned(whole, [signature], complete=True, failures={})

    def quorum(self) -> Quorum:
        """The quorum of a policy with this witness alone."""
        return Quorum(POLICY, self)
