"""An evidence bundle: which parts it has, and what its manifest says of them.

manifest.json                      what it is about, and the digest of every other part
checkpoint                         the head under which everything in it is
records/000000000042.json          a record, byte for byte, under its position
receipts/000000000042.tlog-proof   that it is in the log, under this one head
heads/000000000041.checkpoint      an earlier cosigned head, under its size: it dates records
heads/000000000041.consistency     that the one head goes on from it: hashes in base64
policy                             whom the maker trusts (C2SP tlog-policy); shown, not used
rules.txt, summary.txt, audit.json what the maker says of it; nothing here proves them
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from svx_ledger.proofs.finding import not_canonical
from svx_ledger.proofs.notes.checkpoint import parse_hash
from svx_ledger.proofs.notes.note import base64_text

BUNDLE_FORMAT: Final = "svx-evidence"
BUNDLE_VERSION: Final = 1

MANIFEST: Final = "manifest.json"
HEAD_NOTE: Final = "checkpoint"
MAKERS_POLICY: Final = "policy"
RULES_TEXT: Final = "rules.txt"
SUMMARY_TEXT: Final = "summary.txt"
AUDIT_RESULT: Final = "audit.json"
WHOLE_PARTS: Final = (HEAD_NOTE, MAKERS_POLICY, RULES_TEXT, SUMMARY_TEXT, AUDIT_RESULT)
"""The parts of which there is one each, beside the manifest."""

PUBLIC_VIEWER: Final = "public"

_NUMBERED: Final = re.compile(
    r"(?:records/([0-9]{12})\.json|receipts/([0-9]{12})\.tlog-proof"
    r"|heads/([0-9]{12})\.(?:checkpoint|consistency))",
    re.ASCII,
)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXT: Final = re.compile(r"[!-~]{1,300}", re.ASCII)


def record_name(position: int) -> str:
    """The name of the part that is the record at a position."""
    return f"records/{position:012}.json"


def receipt_name(position: int) -> str:
    """The name of its receipt."""
    return f"receipts/{position:012}.tlog-proof"


def head_name(size: int) -> str:
    """The name of an earlier head, of a size."""
    return f"heads/{size:012}.checkpoint"


def growth_name(size: int) -> str:
    """The name of the proof that the bundle's head goes on from it."""
    return f"heads/{size:012}.consistency"


def position_in(name: str) -> int | None:
    """The position that a part is the record or the receipt of; None for other parts."""
    found = _NUMBERED.fullmatch(name)
    text = found and (found[1] or found[2])
    return int(text) if text else None


def size_in(name: str) -> int | None:
    """The size of the head that a part is, or leads on from; None for other parts."""
    found = _NUMBERED.fullmatch(name)
    return int(found[3]) if found and found[3] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle is about, and what is in it.

    Its head has `origin`, `size` and `root`. It was made of the stream `subject` for
    `viewer`: the public, or a party as ROLE:ORGANISATION/PERSON. At the positions `withheld`
    are records of the streams in it that the viewer may not have. `parts` has the SHA-256 of
    every part but the manifest, in hex, by name.
    """

    origin: str
    size: int
    root: bytes
    subject: str
    viewer: str
    withheld: tuple[int, ...]
    parts: Mapping[str, str]

    def data(self) -> bytes:
        """The manifest as canonical JSON (RFC 8785)."""
        plain = {
            "format": BUNDLE_FORMAT,
            "version": BUNDLE_VERSION,
            "head": {
                "origin": self.origin,
                "size": self.size,
                "root": base64_text(self.root),
            },
            "subject": self.subject,
            "viewer": self.viewer,
            "withheld": list(self.withheld),
            "parts": dict(self.parts),
        }
        spelt = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return spelt.encode()

    @property
    def positions(self) -> list[int]:
        """The positions of the records that it lists, or their receipts, in order."""
        found = map(position_in, self.parts)
        return sorted({position for position in found if position is not None})

    @property
    def sizes(self) -> list[int]:
        """The sizes of the earlier heads that it lists, in order."""
        found = map(size_in, self.parts)
        return sorted({size for size in found if size is not None})


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest, which has one spelling. Raises Refused (SVX301)."""
    try:
        manifest = _manifest(json.loads(data))
        same = manifest.data() == data
    except (ValueError, LookupError, TypeError, RecursionError):
        same = False
    if not same:
        raise not_canonical("its manifest is none of a bundle of this version, to the byte")
    return manifest


def _manifest(plain: Any) -> Manifest:
    """Take the values of a manifest. Raises as whatever in it does not fit."""
    head, withheld, parts = plain["head"], plain["withheld"], plain["parts"]
    size = head["size"]
    if not isinstance(parts, dict):
        raise TypeError("parts")
    texts = (plain["subject"], plain["viewer"], *parts.values())
    if type(size) is not int or not 0 < size < 10**12 or not isinstance(head["origin"], str):
        raise ValueError("head")
    if not all(type(text) is str and _TEXT.fullmatch(text) for text in texts):
        raise ValueError("texts")
    whole = all(type(place) is int and 0 < place <= size for place in withheld)
    if not whole or withheld != sorted(set(withheld)):
        raise ValueError("withheld")
    if not all(_DIGEST.fullmatch(digest) for digest in parts.values()):
        raise ValueError("digests")
    manifest = Manifest(
        origin=head["origin"],
        size=size,
        root=parse_hash(head["root"]),
        subject=plain["subject"],
        viewer=plain["viewer"],
        withheld=tuple(withheld),
        parts=parts,
    )
    return _within(manifest)


def _within(manifest: Manifest) -> Manifest:
    """Accept what lists parts of a bundle only, under its head. Raises ValueError."""
    for name in manifest.parts:
        if name not in WHOLE_PARTS and not _NUMBERED.fullmatch(name):
            raise ValueError(name)
    positions, sizes = manifest.positions, manifest.sizes
    if positions and not 1 <= positions[0] <= positions[-1] <= manifest.size:
        raise ValueError("positions")
    if sizes and not 1 <= sizes[0] <= sizes[-1] < manifest.size:
        raise ValueError("sizes")
    if not set(positions).isdisjoint(manifest.withheld):
        raise ValueError("withheld and not")
    for position in positions:
        if not {record_name(position), receipt_name(position)} <= manifest.parts.keys():
            raise ValueError("a record without its receipt, or the other way")
    for size in sizes:
        if not {head_name(size), growth_name(size)} <= manifest.parts.keys():
            raise ValueError("a head without its proof, or the other way")
    return manifest


def digests_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """What a manifest says of parts: the SHA-256 of each, in hex."""
    return {name: sha256(data).hexdigest() for name, data in parts.items()}
