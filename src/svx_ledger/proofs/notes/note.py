"""Signed notes: a text and, under an empty line, signatures of it (C2SP signed-note v1.0.0).

A note says nothing until a signature of a trusted key has been checked; here is only its form.
Every accepted note has one spelling: what is read and written again is the same bytes.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import not_canonical

NOTE_BYTES: Final = 1 << 20
"""The longest note that is read. A checkpoint with sixty signatures has 8,000 bytes."""

NOTE_SIGNATURES: Final = 64
"""The most signatures that are read; the specification asks for at least 16."""

KEY_ID_BYTES: Final = 4

_DASH: Final = "\u2014 "
_CONTROL_IN_NOTE: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NOT_IN_NAME: Final = re.compile(r"[\s+\x00-\x1f]")


class NoteSignature(NamedTuple):
    """One signature line: who says to have signed, with which key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {base64_text(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a newline, and the signature lines under it, unchecked."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @property
    def text_bytes(self) -> bytes:
        """What signatures cover: the text with its last newline, without the empty line."""
        return self.text.encode()

    def data(self) -> bytes:
        """The whole note."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}".encode()


def parse_note(data: bytes) -> Note:
    """Read a note. The text ends at the last empty line, so it may itself have empty lines.

    Raises Refused (SVX301) for whatever is not a note exactly as the specification has it, and
    for more than NOTE_BYTES or NOTE_SIGNATURES.
    """
    if len(data) > NOTE_BYTES:
        raise not_canonical(f"a note of more than {NOTE_BYTES} bytes")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise not_canonical("a note that is not UTF-8") from None
    if _CONTROL_IN_NOTE.search(whole):
        raise not_canonical("a note with a control character")

    text, blank, signed = whole.rpartition("\n\n")
    if not blank:
        raise not_canonical("a note without an empty line before its signatures")
    if not signed.endswith("\n"):
        raise not_canonical("a note without a signature, or without its final newline")
    lines = signed.removesuffix("\n").split("\n")
    if len(lines) > NOTE_SIGNATURES:
        raise not_canonical(f"a note with more than {NOTE_SIGNATURES} signatures")
    return Note(f"{text}\n", tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> NoteSignature:
    """Read one signature line, without its newline.

    Raises Refused (SVX301).
    """
    if not line.startswith(_DASH):
        raise not_canonical("a signature line that does not begin with a dash (U+2014)")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not is_key_name(name):
        raise not_canonical("a signature line without a proper key name")
    signed = base64_bytes(encoded)
    if len(signed) <= KEY_ID_BYTES:
        raise not_canonical("a signature line with no more than a key id")
    return NoteSignature(name, signed[:KEY_ID_BYTES], signed[KEY_ID_BYTES:])


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: something without white space, plus or control."""
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a surrogate pair is no character
        return False
    return bool(name) and not _NOT_IN_NAME.search(name)


def base64_text(data: bytes) -> str:
    """Encode in the standard alphabet with padding (RFC 4648 section 4)."""
    return b64encode(data).decode()


def base64_bytes(text: str) -> bytes:
    """Decode base64 that has its one spelling (RFC 4648 section 3.5).

    Raises Refused (SVX301): bits or padding that decoding would drop could be changed without
    anybody noticing.
    """
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise not_canonical("what should be base64 is not") from None
    if base64_text(data) != text:
        raise not_canonical("base64 in another than its one spelling")
    return data
