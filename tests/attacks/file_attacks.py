"""Ways to alter what was published and handed out."""

from collections.abc import Callable
from pathlib import Path

from svx_ledger.proofs.files.receipt import Receipt, parse_receipt
from svx_ledger.proofs.notes.keys import SigningKey
from svx_ledger.proofs.notes.note import Note
from svx_ledger.proofs.tree.entries import pack_entries, unpack_entries
from svx_ledger.proofs.tree.tiles import ENTRIES, TILE_WIDTH, Tile

from .case import RECEIPT_OF, Case, Honest

FIRST: tuple[Tile, Tile] = (Tile(0, 0, TILE_WIDTH), Tile(ENTRIES, 0, TILE_WIDTH))
"""The hashes and the entries of the first 256 leaves."""
LAST: tuple[Tile, Tile] = (Tile(0, 1, 1), Tile(ENTRIES, 1, 1))
"""Those of the others; how many there are, the size of the log says."""
ENTRY_BYTES = 2 + len("svx-entry/1\n") + 64 + 1
LEAF = 200
"""A leaf whose hash or entry is attacked."""


def leaf(_: Honest) -> int:
    return LEAF


def receipted(_: Honest) -> int:
    return RECEIPT_OF - 1


def spoilt(tile: Tile, at: int) -> Callable[[Case], None]:
    """Flip the lowest bit of a byte of a file."""

    def do(case: Case) -> None:
        path = case.file(tile)
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    return do


def extended(tile: Tile, more: bytes) -> Callable[[Case], None]:
    """Put bytes behind the end of a file."""

    def do(case: Case) -> None:
        with case.file(tile).open("ab") as file:
            file.write(more)

    return do


def taken(tile: Tile) -> Callable[[Case], None]:
    """Take a file away."""
    return lambda case: case.file(tile).unlink()


def no_checkpoint(case: Case) -> None:
    (case.published / "checkpoint").unlink()


def swap_entries(case: Case) -> None:
    """Let two entries change places, and their hashes with them."""
    hashes, bundle = map(case.file, FIRST)
    entries = unpack_entries(bundle.read_bytes(), TILE_WIDTH)
    entries[LEAF], entries[LEAF + 1] = entries[LEAF + 1], entries[LEAF]
    bundle.write_bytes(pack_entries(entries))
    data = hashes.read_bytes()
    at, middle, end = 32 * LEAF, 32 * (LEAF + 1), 32 * (LEAF + 2)
    hashes.write_bytes(data[:at] + data[middle:end] + data[at:middle] + data[end:])


def unsigned(case: Case) -> None:
    """Take the log's signature away; the witness's stays."""
    head = case.head()
    case.show(Note(head.text, head.signatures[1:]))


def signed_twice(case: Case) -> None:
    head = case.head()
    case.show(Note(head.text, (head.signatures[0], *head.signatures)))


def not_cosigned(case: Case) -> None:
    head = case.head()
    case.show(Note(head.text, head.signatures[:1]))


def cosigned_later(case: Case) -> None:
    """Let the witness have seen the head a day later than it did."""
    head = case.head()
    log, line = head.signatures
    later = int.from_bytes(line.signature[:8]) + 86_400
    case.show(
        Note(head.text, (log, line._replace(signature=later.to_bytes(8) + line.signature[8:])))
    )


def signed_by(key: SigningKey, text: Callable[[str], str] = str) -> Callable[[Case], None]:
    """Show a head with a text of one's own, signed with a key of one's own."""

    def do(case: Case) -> None:
        head = case.head()
        said = text(head.text)
        signature = key.sign(said.encode())
        line = head.signatures[0]._replace(
            name=key.name, key_id=key.verifier.key_id, signature=signature
        )
        case.show(Note(said, (line,)))

    return do


def respelt(old: bytes, new: bytes) -> Callable[[Case], None]:
    """Spell the signed head in another way."""

    def do(case: Case) -> None:
        data = case.head().data()
        assert old in data
        case.show(data.replace(old, new, 1))

    return do


def no_last_newline(case: Case) -> None:
    case.show(case.head().data().removesuffix(b"\n"))


def other_base64(case: Case) -> None:
    """Change the bits of the root's base64 that stand for nothing."""
    root = case.head().text.split("\n")[2]
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    respelled = root[:-2] + digits[digits.index(root[-2]) | 3] + "="
    if respelled == root:
        respelled = root[:-2] + digits[digits.index(root[-2]) & ~3] + "="
    respelt(root.encode(), respelled.encode())(case)


def yesterday(case: Case) -> None:
    """Show the whole log as it was published yesterday."""
    (case.folder / "published").rename(case.folder / "today")
    (case.folder / "yesterday").rename(case.folder / "published")


def receipt_as(change: Callable[[Receipt], Receipt]) -> Callable[[Case], None]:
    """Hand out another receipt."""

    def do(case: Case) -> None:
        file: Path = case.folder / "receipt"
        file.write_bytes(change(parse_receipt(file.read_bytes())).data())

    return do


def other_record(receipt: Receipt) -> Receipt:
    assert receipt.extra is not None
    record = receipt.extra.replace(b'"value_pence":1', b'"value_pence":2')
    assert record != receipt.extra
    return Receipt(receipt.index, receipt.path, receipt.checkpoint, record)


def other_index(receipt: Receipt) -> Receipt:
    return Receipt(receipt.index + 1, receipt.path, receipt.checkpoint, receipt.extra)


def other_path(receipt: Receipt) -> Receipt:
    path = (bytes(32), *receipt.path[1:])
    return Receipt(receipt.index, path, receipt.checkpoint, receipt.extra)


def no_record(receipt: Receipt) -> Receipt:
    return Receipt(receipt.index, receipt.path, receipt.checkpoint)
