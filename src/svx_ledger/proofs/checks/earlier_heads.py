"""An earlier head beside a later one, with the proof that the log only went on between them."""

from svx_ledger.proofs.files.receipt import PATH_HASHES
from svx_ledger.proofs.finding import not_canonical
from svx_ledger.proofs.notes.checkpoint import Checkpoint, parse_hash
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.proofs.tree.consistency import verify_consistency

from .heads import require_not_behind


def growth_data(path: list[bytes]) -> bytes:
    """A consistency proof as a file: a hash a line, in base64."""
    return "".join(f"{base64_text(digest)}\n" for digest in path).encode()


def parse_growth(data: bytes) -> list[bytes]:
    """Read such a file. Raises Refused (SVX301)."""
    *lines, rest = data.decode("latin-1").split("\n")
    if rest or len(lines) > 2 * PATH_HASHES:
        raise not_canonical("its proof is no list of hashes, a line each")
    return [parse_hash(line) for line in lines]


def require_earlier(older: Checkpoint, newer: Checkpoint, proof: bytes) -> None:
    """Accept a proof that the later of two heads goes on from the earlier one.

    Raises Refused: SVX102, SVX103, SVX104 where it does not, SVX201 for heads of two logs,
    SVX301 for the form of the proof.
    """
    require_not_behind(older, newer)
    path = parse_growth(proof)
    verify_consistency(older.size, older.root, newer.size, newer.root, path)
