"""Published logs in a folder, made with nothing but the proofs, to check and to spoil."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.proofs.tree.compact_range import CompactRange
from svx_ledger.proofs.tree.entries import pack_entries
from svx_ledger.proofs.tree.inclusion import inclusion_path
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from svx_ledger.proofs.tree.tiled_tree import TiledTree
from svx_ledger.proofs.tree.tiles import TILE_WIDTH, Tile, entry_tiles_of

ORIGIN = "ledger.example/test"
KEY = SigningKey(ORIGIN, ED25519, b"k" * 32)
WITNESSES = [
    SigningKey(f"witness.example/{n}", COSIGNATURE, bytes([n]) * 32) for n in (1, 2, 3)
]
VKEY = KEY.verifier.text


def policy_text(quorum: int = 2) -> str:
    """A policy that asks for so many of three witnesses; for none by 0."""
    lines = [f"log {VKEY}"]
    lines += [f"witness w{n} {key.verifier.text}" for n, key in enumerate(WITNESSES, start=1)]
    lines += [f"group g {quorum} w1 w2 w3", "quorum g"] if quorum else ["quorum none"]
    return "".join(f"{line}\n" for line in lines)


def policy(quorum: int = 0) -> Policy:
    """The policy of `policy_text`."""
    return parse_policy(policy_text(quorum))


def records(count: int) -> list[bytes]:
    """Bytes that stand for records."""
    return [b"record %d" % number for number in range(count)]


@dataclass
class WrittenLog:
    """A log of these records, published in a folder."""

    folder: Path
    records: Sequence[bytes]
    origin: str = ORIGIN
    key: SigningKey = KEY
    cosigned: Sequence[int] = ()
    """When each of the first witnesses cosigned."""
    raw: bool = False
    """Whether what is given are the entries themselves, of any length."""
    entries: list[bytes] = field(init=False)
    root: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.entries = [*self.records] if self.raw else [*map(entry_of, self.records)]
        leaves = [leaf_hash(entry) for entry in self.entries]
        for bundle in entry_tiles_of(len(leaves)):
            part = self.entries[bundle.start : bundle.start + bundle.width]
            self.write(bundle, pack_entries(part))
        self.root = self._write_tiles(leaves)
        (self.folder / "checkpoint").write_bytes(self.note())

    def _write_tiles(self, leaves: list[bytes]) -> bytes:
        whole = CompactRange()
        whole.extend(leaves)
        level, row = 0, leaves
        while row:
            above = []
            for index, at in enumerate(range(0, len(row), TILE_WIDTH)):
                part = row[at : at + TILE_WIDTH]
                self.write(Tile(level, index, len(part)), b"".join(part))
                if len(part) == TILE_WIDTH:
                    top = CompactRange()
                    top.extend(part)
                    above.append(top.root())
            level, row = level + 1, above
        return whole.root()

    @property
    def size(self) -> int:
        return len(self.entries)

    def path(self, tile: Tile) -> Path:
        return self.folder / tile.path

    def write(self, tile: Tile, data: bytes) -> None:
        """Put a tile in its place."""
        path = self.path(tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def spoil(self, tile: Tile, at: int, bit: int = 1) -> None:
        """Flip a bit of a tile."""
        data = bytearray(self.path(tile).read_bytes())
        data[at] ^= bit
        self.path(tile).write_bytes(data)

    def head(self) -> Checkpoint:
        return Checkpoint(self.origin, self.size, self.root)

    def note(self, cosigned: Iterable[int] | None = None) -> bytes:
        """The head as it is signed, and cosigned by the first witnesses at these times."""
        signed = parse_note(sign_checkpoint(self.head(), [self.key]))
        times = self.cosigned if cosigned is None else cosigned
        lines = [
            cosign(key, signed.text_bytes, time)
            for key, time in zip(WITNESSES, times, strict=False)
        ]
        return Note(signed.text, (*signed.signatures, *lines)).data()

    def tree(self) -> TiledTree:
        return TiledTree(self.size, self.root, lambda tile: self.path(tile).read_bytes())

    def receipt(self, index: int, *, extra: bool = True) -> Receipt:
        """The receipt of one record, with the record in it."""
        path = tuple(inclusion_path(index, self.size, self.tree().node))
        return Receipt(index, path, self.note(), self.records[index] if extra else None)
