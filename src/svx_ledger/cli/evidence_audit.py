"""The audit that stands in an evidence bundle: what the rules say of what it is about."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .progress import watched

if TYPE_CHECKING:
    from svx_ledger.audit import Finding
    from svx_ledger.domain.actor import Actor
    from svx_ledger.eventlog.as_it_was import AsItWas

PRIVATE_TEXTS: Final = ("private-text-missing", "private-text-kept", "private-text-altered")
"""Private texts are not in a bundle, can be erased any day, and so are not spoken of in one."""
MOST_FINDINGS: Final = 1_000


def audited(log: "AsItWas", streams: tuple[str, ...], viewer: "Actor | None") -> dict[str, Any]:
    """Audit the streams on which something is decided, as the viewer may see what is found."""
    from svx_ledger import __version__
    from svx_ledger.audit import audit
    from svx_ledger.audit.shown import shown_to

    audits = []
    for stream in watched(streams, len(streams), "auditing"):
        result = audit(log, of=stream, most=MOST_FINDINGS)
        kept = tuple(one for one in result.findings if one.rule not in PRIVATE_TEXTS)
        shown = shown_to(replace(result, findings=kept), log, viewer)
        unchecked = [*sorted(shown.unchecked), "private texts: they are not in a bundle"]
        found = [_plain(one) for one in shown.findings]
        audits.append({"of": stream, "findings": found, "unchecked": unchecked})
    clean = not any(one["findings"] for one in audits)
    return {"clean": clean, "program": f"svx-ledger {__version__}", "audits": audits}


def _plain(finding: "Finding") -> dict[str, Any]:
    plain = {
        "position": finding.position,
        "stream": finding.stream,
        "rule": finding.rule,
        "recorded": finding.recorded,
        "derived": finding.derived,
        "rests_on": finding.rests_on,
    }
    return {name: value for name, value in plain.items() if value is not None}
