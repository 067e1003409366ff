"""A policy file (C2SP tlog-policy), read strictly.

log <verifier key> [<url>]
witness <name> <verifier key> [<url>]
group <name> all|any|<k> <name>...
quorum <name>|none
"""

import re
from typing import Final

from svx_ledger.proofs.finding import Refused, not_canonical

from .checkpoint import parse_decimal
from .keys import COSIGNATURE, ED25519, VerifierKey, parse_verifier_key
from .policy import NO_QUORUM, Policy, TrustedLog, TrustedWitness, WitnessGroup

POLICY_LENGTH: Final = 1 << 20
"""The longest policy that is read: room for thousands of logs and witnesses."""

_CONTROL_IN_POLICY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_POLICY_SPACE: Final = re.compile(r"[ \t]+")


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
