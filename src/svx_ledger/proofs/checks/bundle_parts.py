"""The parts of an evidence bundle, held to its manifest, and what its maker says in them.

What the maker says proves nothing. As the manifest lists it, nobody else changed it.
"""

import json
from collections.abc import Mapping

from svx_ledger.proofs.files.bundle import (
    AUDIT_RESULT,
    MAKERS_POLICY,
    Manifest,
    digests_of,
    position_in,
)
from svx_ledger.proofs.finding import Code, Refused, not_canonical
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.notes.policy_file import POLICY_LENGTH, parse_policy

Parts = Mapping[str, bytes]
"""The parts of a bundle by name, without the manifest."""


def require_no_more(parts: Parts, manifest: Manifest) -> None:
    """Raise Refused (SVX301) for a part that the manifest does not list."""
    if more := sorted(parts.keys() - manifest.parts.keys()):
        raise not_canonical(f"{more[0]!r} is in it, and its manifest does not list it")


def require_no_less(parts: Parts, manifest: Manifest) -> None:
    """Raise Refused (SVX401) for a part that the manifest lists and that is not there."""
    if missing := sorted(manifest.parts.keys() - parts.keys(), key=_by_position):
        detail = f"{missing[0]} is listed and not there, of {len(missing)} such parts"
        raise Refused(Code.WITHHELD, detail, _index_in(missing[0]))


def require_as_listed(parts: Parts, manifest: Manifest) -> None:
    """Raise Refused (SVX301) for a part with another digest than the manifest says."""
    for name, digest in digests_of(parts).items():
        if manifest.parts[name] != digest:
            detail = f"{name} is not the part that its manifest lists"
            raise Refused(Code.NOT_CANONICAL, detail, _index_in(name))


def is_makers_policy(parts: Parts, policy: Policy) -> bool | None:
    """Whether its maker trusts just whom this policy does; None where it does not say.

    Raises Refused (SVX301) for what is no policy.
    """
    own = parts.get(MAKERS_POLICY)
    if own is None:
        return None
    return parse_policy(own[: POLICY_LENGTH + 1].decode("utf-8", "replace")) == policy


def makers_audit_is_clean(parts: Parts) -> bool | None:
    """Whether its maker's audit found nothing; None without an audit.

    Raises Refused (SVX301) for what is no result of an audit.
    """
    audit = parts.get(AUDIT_RESULT)
    if audit is None:
        return None
    try:
        clean = json.loads(audit)["clean"]
    except (ValueError, LookupError, TypeError, RecursionError):
        clean = None
    if type(clean) is not bool:
        raise not_canonical(f"{AUDIT_RESULT} does not say what the audit found")
    return clean


def _index_in(name: str) -> int | None:
    """The leaf that a part is about."""
    position = position_in(name)
    return position and position - 1


def _by_position(name: str) -> tuple[bool, int, str]:
    position = position_in(name)
    return position is None, position or 0, name
