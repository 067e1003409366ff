"""A digest of frozen terms: what two people approved, in one hash.

The bytes hashed are canonical JSON (RFC 8785) of values just as records state them. To compute
`rules_sha256` again, take `terms` from the record that drafted the auction (`auction-drafted`)
and `needs` from the one that froze it (`auction-rules-frozen`), and hash the array
`[terms, needs]`. The digest of a proxy set is over the array of its `proxy` objects, in order.
"""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal

from .values import plain, utc


def digest(value: object) -> str:
    """Return the hex SHA-256 of a dataclass, tuple or scalar in canonical JSON."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value):
        given = {f.name: getattr(value, f.name) for f in fields(value)}
        return {name: _plain(field) for name, field in given.items() if field is not None}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
