"""What every command is answered that was carried out."""

from typing import Final

from svx_ledger.api.written import EVENT_TYPE

from .choices import PROGRESS, answered
from .patterns import DIALECT, INSTANT, REFERENCE, Schema

POSITION: Final[Schema] = {"type": "integer", "minimum": 1}
PUBLISHED_RECEIPT: Final[Schema] = {
    "description": "The receipt of an event, as GET /events/{position}/receipt has it.",
    "type": "object",
    "properties": {
        "state": {"const": "published"},
        "position": POSITION,
        "entry": {"type": "string"},
        "record": {"type": "string"},
        "receipt": {"type": "string"},
    },
    "required": ["state", "position", "entry", "record", "receipt"],
}
RECEIPTS: Final[Schema] = {
    "description": "With `wait=published`: the receipts of those events that the caller may "
    "see whole, of the first 20 at most.",
    "type": "array",
    "maxItems": 20,
    "items": {"$ref": f"{REFERENCE}PublishedReceipt"},
}
DONE_EVENT: Final[Schema] = {
    "description": "An event of a command: `data` has the fields of its type (docs/events.md).",
    "type": "object",
    "properties": {
        "stream": {"type": "string"},
        "type": {"type": "string", "pattern": f"^(?:{EVENT_TYPE})$"},
        "data": {"type": "object"},
    },
    "required": ["stream", "type", "data"],
}
COMMAND_DONE: Final[Schema] = {
    "$schema": DIALECT,
    "title": "CommandDone",
    "description": "A command was carried out, and is on record.",
    "type": "object",
    "properties": {
        "state": answered(PROGRESS)
        | {
            "description": "On record; with `wait=published` how far that has come.",
        },
        "command_id": {"type": "string", "description": "The Idempotency-Key."},
        "position": POSITION | {"description": "Of its first event in the log."},
        "last_position": POSITION,
        "stream": {"type": "string", "description": "The thing that it was done to."},
        "version": POSITION | {"description": "Of the stream, after it."},
        "recorded_at": {"$ref": f"{REFERENCE}Instant"},
        "events": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": f"{REFERENCE}DoneEvent"},
        },
        "receipts": RECEIPTS,
    },
    "required": [
        *("state", "command_id", "position", "last_position", "stream", "version"),
        *("recorded_at", "events"),
    ],
    "$defs": {
        "Instant": INSTANT,
        "DoneEvent": DONE_EVENT,
        "PublishedReceipt": PUBLISHED_RECEIPT,
    },
}
