"""A witness that works together with the operator, beside one that does not."""

from contextlib import closing

from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.tree.consistency import consistency_path
from svx_ledger.witness.answering import Answer, Witness
from svx_ledger.witness.state import State, create_state
from tests.proofs.written_log import WrittenLog
from tests.witness.logs import request

from .case import Case
from .forger import sign_anew
from .honest import KEY, VKEY, WITNESS_KEY
from .raw import Records, replace_rows, rewritten

HONEST_KEY = SigningKey("honest.example", COSIGNATURE, bytes([8]) * 32)
BOTH = (
    f"log {VKEY}\n"
    f"witness first {WITNESS_KEY.verifier.text}\n"
    f"witness honest {HONEST_KEY.verifier.text}\n"
    "group both all first honest\n"
    "quorum both\n"
)
EDITED = 100


def fork_with_one_witness(case: Case) -> None:
    """Fork a log that two witnesses follow; one of them cosigns the fork."""
    (case.folder / "both").write_text(BOTH)
    create_state(case.folder / "honest.state", HONEST_KEY.verifier)
    head = case.head()
    answer = _asked(case, 0, [], head.data())
    assert answer.status == 200
    case.show(head.data() + answer.body)
    honest = case.svx("verify", "log", "published", "--policy", "both")
    assert honest.code == 0, honest.out

    rows = rewritten([*case.honest.rows, case.honest.rows[-1]], _edit)
    replace_rows(case.url, rows)
    log = sign_anew(case, rows)
    note = parse_note(log.note())
    case.show(Note(note.text, (*note.signatures, _colluding(case, log))))
    old = case.honest.size
    proof = consistency_path(old, log.size, log.tree().node)
    assert _asked(case, old, proof, log.note()).status == 422


def _edit(said: Records) -> None:
    said[EDITED - 1]["data"]["value_pence"] += 1


def _colluding(case: Case, log: WrittenLog) -> NoteSignature:
    return cosign(WITNESS_KEY, log.head().body, int(case.now()))


def _asked(case: Case, old: int, proof: list[bytes], note: bytes) -> Answer:
    with closing(State(case.folder / "honest.state", HONEST_KEY.verifier)) as state:
        witness = Witness(HONEST_KEY, [KEY.verifier], state, case.now)
        return witness.add_checkpoint(request(old, proof, note))
