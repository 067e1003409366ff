"""Evidence of delivery: known by its digest, and serving one line (invariant 16)."""

from .rule import Rule

EVIDENCE_USED = Rule(
    "evidence-used",
    "A piece of evidence serves one pledge.",
    "Give the evidence of this delivery; what shows several is apportioned to them first.",
    "conflict",
)


def evidence_key(sha256: str) -> str:
    """Return the unique key that a piece of evidence is."""
    return f"evidence:{sha256}"
