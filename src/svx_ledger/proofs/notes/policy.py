"""Whom a verifier trusts: logs, witnesses, and how many of these are enough (C2SP tlog-policy).

A policy comes from the user. It never comes from the operator of the log it judges.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import Code, Refused, not_canonical

from .checkpoint import Checkpoint, log_signers, parse_checkpoint
from .cosignature import cosigned_at
from .keys import ED25519, VerifierKey, parse_verifier_key, signatures_of_keys
from .note import parse_note

NO_QUORUM: Final = "none"
"""The quorum that asks for no witness."""


class TrustedLog(NamedTuple):
    """A log, whose key's name is its origin. Its address is for whoever wants to ask it."""

    key: VerifierKey
    url: str | None = None


class TrustedWitness(NamedTuple):
    """A witness; the policy knows it by a name that need not be that of its key."""

    key: VerifierKey
    url: str | None = None


class WitnessGroup(NamedTuple):
    """Witnesses and groups, of which `threshold` together count as one."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trusted:
    """A checkpoint that a policy trusts, and why.

    `log_keys` are the keys that signed it as its log, as text. `cosigned` tells when (Unix
    seconds) each witness says to have seen it, by the witness's name in the policy.
    """

    checkpoint: Checkpoint
    log_keys: tuple[str, ...]
    cosigned: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses by name, groups by name in the order of their lines, and the quorum."""

    logs: tuple[TrustedLog, ...]
    witnesses: Mapping[str, TrustedWitness]
    groups: Mapping[str, WitnessGroup]
    quorum: str

    def satisfied_by(self, cosigned: Container[str]) -> bool:
        """Whether cosignatures of just these witnesses are enough."""
        witnessed = {name for name in self.witnesses if name in cosigned}
        for name, group in self.groups.items():  # members stand before their group
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(name)
        return self.quorum == NO_QUORUM or self.quorum in witnessed

    def open(self, data: bytes) -> Trusted:
        """Read a signed checkpoint and trust it, if its log and enough witnesses signed it.

        Raises Refused: SVX301 for its form; SVX201 without the log's signature, or where any
        key of the policy seems to have signed it and did not; SVX202 short of the quorum.
        """
        note = parse_note(data)
        checkpoint = parse_checkpoint(note.text)
        signers = log_signers(note, checkpoint.origin, [log.key for log in self.logs])
        names = {witness.key: name for name, witness in self.witnesses.items()}
        cosigned = {
            names[key]: cosigned_at(key, note.text_bytes, signature)
            for key, signature in signatures_of_keys(note, names)
        }
        if not self.satisfied_by(cosigned):
            raise Refused(
                Code.QUORUM_MISSING,
                f"{len(cosigned)} of the policy's {len(names)} witnesses cosigned it, "
                f"which is not the quorum {self.quorum!r}",
            )
        return Trusted(checkpoint, tuple(key.text for key in signers), cosigned)


def policy_of_keys(keys: Iterable[str]) -> Policy:
    """The policy of somebody who trusts logs by these keys, and asks no witness.

    A text may hold several keys, parted by white space; a key that is repeated counts once.
    Raises Refused (SVX301) naming what is no key of a log, and without any key.
    """
    logs = dict.fromkeys(TrustedLog(_log_key(word)) for text in keys for word in text.split())
    if not logs:
        raise not_canonical("no key is given")
    return Policy(tuple(logs), {}, {}, NO_QUORUM)


def _log_key(text: str) -> VerifierKey:
    try:
        key = parse_verifier_key(text)
    except Refused as refused:
        detail = f"{text!r}: not NAME+ID+BASE64: {refused.finding.detail}"
        raise not_canonical(detail) from None
    if key.algorithm != ED25519:
        raise not_canonical(f"{text!r}: the key of a witness, not of a log")
    return key
