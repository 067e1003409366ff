"""Tamper evidence: where history was changed, the finding, and the signed heads that show it.

Two heads that contradict each other are proof against whoever signed both, for anybody who
has the public key. A single bad tile proves nothing to others: only heads are signed.
"""

import json
from hashlib import sha256
from pathlib import Path

from svx_ledger.proofs.finding import Finding

NAME_DIGITS = 8
"""How many of its own digest's digits are in the name of the file."""


def write_evidence(
    findings: list[Finding],
    *,
    note: bytes | None,
    kept: bytes | None = None,
    path: Path | None = None,
    doubt: str | None = None,
    receipt: bytes | None = None,
) -> Path:
    """Write findings and heads as JSON and return where: the file given, else one made here.

    `note` is the head that was checked, `kept` one that was kept from before, `doubt` why the
    finding may be of something else than was meant, and `receipt` one that was held to both.
    """
    plain = {
        "findings": [
            {
                "code": str(found.code),
                "meaning": found.code.meaning,
                "leaf": found.index,
                "detail": found.detail,
            }
            for found in findings
        ],
        **({} if doubt is None else {"doubt": doubt}),
        "checkpoint": note and note.decode("utf-8", "backslashreplace"),
        "kept": kept and kept.decode("utf-8", "backslashreplace"),
        **({} if receipt is None else {"receipt": receipt.decode("utf-8", "backslashreplace")}),
    }
    data = json.dumps(plain, indent=1).encode() + b"\n"
    digest = sha256(data).hexdigest()[:NAME_DIGITS]
    written = path or Path(f"svx-evidence-{findings[0].code}-{digest}.json")
    written.write_bytes(data)
    return written
