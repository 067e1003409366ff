"""Keys of logs and witnesses, as text, and what they sign (C2SP signed-note v1.0.0).

The one module of this room that needs more than the standard library: Ed25519 (RFC 8032) comes
from `cryptography`, which is loaded when a signature is first made or checked.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

from svx_ledger.proofs.finding import not_canonical

from .note import KEY_ID_BYTES, Note, NoteSignature, base64_bytes, base64_text, is_key_name

ED25519: Final = 1
"""Signature type of a log: Ed25519 over the text of a note."""

COSIGNATURE: Final = 4
"""Signature type of a witness: Ed25519 over a time and the text (C2SP tlog-cosignature)."""

KEY_BYTES: Final = 32
"""Of a public key, and of the seed of a private one (RFC 8032 section 5.1.5)."""

SIGNATURE_BYTES: Final = 64

_PRIVATE: Final = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What somebody needs to check signatures: public, given by hand, and never by a bundle.

    Raises Refused (SVX301) when made with a name, algorithm or key that cannot be one.
    """

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        _refuse_unfit(self.name, self.algorithm, self.public)

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; too short to be proof of anything."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return sha256(named).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as it is handed on: name, key id and key between plus signs."""
        return _key_text(self.name, self.key_id, self.algorithm, self.public)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the private half of this key signed exactly this message."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. Only `text` shows what is secret in it.

    Raises Refused (SVX301) when made with a name, algorithm or seed that cannot be one.
    """

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _refuse_unfit(self.name, self.algorithm, self.seed)

    @classmethod
    def generate(cls, name: str, algorithm: int) -> Self:
        """Make a new key from the randomness of the operating system."""
        return cls(name, algorithm, secrets.token_bytes(KEY_BYTES))

    @property
    def text(self) -> str:
        """The key as it is kept: a secret."""
        return _PRIVATE + _key_text(self.name, self.verifier.key_id, self.algorithm, self.seed)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, self.algorithm, private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Sign exactly this message; the same message always gets the same signature."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a public key: `name+<key id in hex>+<base64 of type and key>`.

    Raises Refused (SVX301), also where the key id is not that of the name and the key.
    """
    name, key_id, algorithm, public = _key_parts(text)
    key = VerifierKey(name, algorithm, public)
    if key.key_id.hex() != key_id:
        raise not_canonical("a verifier key whose key id is of another name or key")
    return key


def parse_signing_key(text: str) -> SigningKey:
    """Read a private key: `PRIVATE+KEY+name+<key id in hex>+<base64 of type and seed>`.

    Raises Refused (SVX301), with nothing of the text in it.
    """
    if not text.startswith(_PRIVATE):
        raise not_canonical("a signing key that does not begin as one")
    name, key_id, algorithm, seed = _key_parts(text.removeprefix(_PRIVATE))
    key = SigningKey(name, algorithm, seed)
    if key.verifier.key_id.hex() != key_id:
        raise not_canonical("a signing key whose key id is of another name or key")
    return key


def signatures_of_keys(
    note: Note, keys: Iterable[VerifierKey]
) -> list[tuple[VerifierKey, NoteSignature]]:
    """Return each signature line that names one of the keys, still unchecked.

    Lines of other keys are passed over, also where only the name or only the key id is known.

    Raises Refused (SVX301) for a second line of one key, whatever it holds, and for two keys
    that no line could tell apart.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise not_canonical("two keys with one name and one key id")
    found: dict[VerifierKey, NoteSignature] = {}
    for signature in note.signatures:
        signer = known.get((signature.name, signature.key_id))
        if signer is None:
            continue
        if signer in found:
            raise not_canonical("two signatures of one key")
        found[signer] = signature
    return list(found.items())


def _key_text(name: str, key_id: bytes, algorithm: int, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{base64_text(bytes([algorithm]) + key)}"


def _key_parts(text: str) -> tuple[str, str, int, bytes]:
    """Split name, key id, type and key; base64 may have plus signs, a name may not."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise not_canonical("a key without a name, a key id and a key")
    typed = base64_bytes(parts[2])
    if not typed:
        raise not_canonical("a key without a key")
    return parts[0], parts[1], typed[0], typed[1:]


def _refuse_unfit(name: str, algorithm: int, key: bytes) -> None:
    if not is_key_name(name):
        raise not_canonical("a key whose name is empty, or has white space or a plus sign")
    if algorithm not in (ED25519, COSIGNATURE):
        raise not_canonical(f"a key of type {algorithm}, which is not known here")
    if len(key) != KEY_BYTES:
        raise not_canonical(f"a key of {len(key)} bytes; it has {KEY_BYTES}")
