"""What every refusal and failure is answered: a problem (RFC 9457)."""

from typing import Final

from .choices import PROGRESS, answered
from .done import POSITION, PUBLISHED_RECEIPT, RECEIPTS
from .patterns import INSTANT, REFERENCE, Schema

PROBLEM: Final[Schema] = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457). `title` is what holds in general, `detail` "
    "what was met, `remedy` what to do; `/problems` lists all. Of what was sent it repeats at "
    "most names, numbers, dates and codes that were understood, and the Idempotency-Key.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "pattern": "^/problems/"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "facts": {
            "description": "Numbers and names that explain it; units stand last in a name. "
            "What a name stands for may differ from problem to problem.",
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    {"type": "integer"},
                    {"type": "string"},
                    {"type": "array", "items": {"type": "string"}},
                ]
            },
        },
        "command_id": {"type": "string", "description": "The Idempotency-Key."},
        "errors": {"type": "array", "items": {"$ref": f"{REFERENCE}ProblemError"}},
        "recorded": {"$ref": f"{REFERENCE}RecordedRejection"},
    },
    "required": ["type", "status", "title"],
    "$defs": {
        "ProblemError": {
            "description": "A place that is wrong, as a JSON pointer, and what should stand "
            "there.",
            "type": "object",
            "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            "required": ["pointer", "detail"],
        },
        "RecordedRejection": {
            "description": "Of a bid that was rejected: where the rejection is on record.",
            "type": "object",
            "properties": {
                "position": POSITION,
                "recorded_at": INSTANT,
                "state": answered(PROGRESS),
                "receipts": RECEIPTS,
            },
            "required": ["position", "recorded_at"],
        },
        "PublishedReceipt": PUBLISHED_RECEIPT,
    },
}
