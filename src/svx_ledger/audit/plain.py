"""Values of ours as plain JSON, for findings: without private texts."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from svx_ledger.domain.private import Private
from svx_ledger.eventlog.scalars import instant


def plain_of(value: Any) -> Any:
    """Return a value as JSON has it; of a private text its commitment alone."""
    if isinstance(value, Private):
        return {"commitment": value.commitment}
    if is_dataclass(value) and not isinstance(value, type):
        named = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: plain_of(part) for name, part in named if part is not None}
    if isinstance(value, Mapping):
        return {str(key): plain_of(part) for key, part in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain_of, value))
    if isinstance(value, (list, tuple)):
        return [plain_of(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value
