"""Whom a verifier trusts: logs, witnesses, and how many of these are enough (C2SP tlog-policy).

    log <verifier key> [<url>]
    witness <name> <verifier key> [<url>]
    group <name> all|any|<k> <name>...
    quorum <name>|none

A policy comes from the user. It never comes from the operator of the log it judges.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import Code, Refused, not_canonical

from .checkpoint import Checkpoint, log_signers, parse_checkpoint, parse_decimal
from .cosignature import cosigned_at
from .keys import COSIGNATURE, ED25519, VerifierKey, parse_verifier_key, signatures_of_keys
from .note import parse_note

NO_QUORUM: Final = "none"
"""The quorum that asks for no witness."""

POLICY_LENGTH: Final = 1 << 20
"""The longest policy that is read: room for thousands of logs and witnesses."""

_CONTROL_IN_POLICY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_POLICY_SPACE: Final = re.compile(r"[ \t]+")


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


def parse_policy(text: str) -> Policy:
    """Read a policy file. Names are opaque: no two spellings of one are the same.

    Raises Refused (SVX301), also for a key that stands twice or is both a log's and a
    witness's, for a member of two groups, and for a name that no earlier line defines.
    """
    if len(text) > POLICY_LENGTH:
        raise not_canonical(f"a policy of more than {POLICY_LENGTH} characters")
    if _CONTROL_IN_POLICY.search(text):
        raise not_canonical("a policy with a control character")
    if text and not text.endswith("\n"):
        raise not_canonical("a policy without its final newline")
    reading = _PolicyReading()
    for number, line in enumerate(text.split("\n"), start=1):
        words = _POLICY_SPACE.split(line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                reading.take(words)
            except Refused as refused:
                raise not_canonical(f"line {number}: {refused.finding.detail}") from None
    return reading.policy()


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


class _PolicyReading:
    """A policy as far as its lines have been read."""

    def __init__(self) -> None:
        self.logs: list[TrustedLog] = []
        self.witnesses: dict[str, TrustedWitness] = {}
        self.groups: dict[str, WitnessGroup] = {}
        self.quorum: str | None = None
        self.publics: set[bytes] = set()
        self.grouped: set[str] = set()

    def take(self, words: list[str]) -> None:
        """Add what one line defines."""
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self.logs.append(TrustedLog(self.new_key(key, ED25519), *url))
            case ["witness", name, key, *url] if len(url) <= 1:
                self.refuse_defined(name)
                self.witnesses[name] = TrustedWitness(self.new_key(key, COSIGNATURE), *url)
            case ["group", name, rule, *members] if members:
                self.refuse_defined(name)
                self.groups[name] = self.group(rule, members)
            case ["quorum", name] if self.quorum is None:
                if name != NO_QUORUM:
                    self.refuse_undefined(name)
                self.quorum = name
            case _:
                raise not_canonical("not a line of a policy, or a second quorum")

    def new_key(self, text: str, algorithm: int) -> VerifierKey:
        """Two keys are one if their public halves are, whatever they are called."""
        key = parse_verifier_key(text)
        if key.algorithm != algorithm:
            raise not_canonical("a log has a key of type 1, a witness one of type 4")
        if key.public in self.publics:
            raise not_canonical("a key that stands in the policy twice")
        self.publics.add(key.public)
        return key

    def group(self, rule: str, members: list[str]) -> WitnessGroup:
        """A name is a member once in the whole file, so that no witness counts twice."""
        for member in members:
            self.refuse_undefined(member)
            if member in self.grouped:
                raise not_canonical(f"{member!r} is a member of a group already")
            self.grouped.add(member)
        if rule in ("any", "all"):
            return WitnessGroup(1 if rule == "any" else len(members), tuple(members))
        threshold = parse_decimal(rule)
        if not 1 <= threshold <= len(members):
            raise not_canonical(f"{threshold} of {len(members)} members is no group")
        return WitnessGroup(threshold, tuple(members))

    def refuse_defined(self, name: str) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise not_canonical(f"{name!r} is defined already")

    def refuse_undefined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise not_canonical(f"no line before defines {name!r}")

    def policy(self) -> Policy:
        """The whole policy, once every line is read."""
        if self.quorum is None:
            raise not_canonical("a policy without a quorum line")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)
