"""Any value of ours as plain JSON, to be read or compared: states, rows, what queries answer.

What is stored is written by `shapes`, in its one exact form; this is for showing.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from svx_ledger.domain.private import Private

from .scalars import instant, plain_decimal


def plain_of(value: Any) -> Any:
    """Return a state, a row or what a query answers as JSON has it; None is left out.

    Of a private text only its commitment is left, wherever it came from.
    """
    if isinstance(value, Private):
        return {"commitment": value.commitment}
    if is_dataclass(value):
        value = {f.name: getattr(value, f.name) for f in fields(value)}
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(name): plain_of(v) for name, v in value.items() if v is not None}
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, (list, tuple)):
        return [plain_of(item) for item in value]
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value
