"""What can be corrected: a few fields of a few kinds of record, each with its form.

Nothing of an auction, a bid, an award, a contract or a pledge is here: what a competition
rested on is never corrected after the event, and what was promised is varied instead.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from svx_ledger.domain.form import MOST_PENCE, STREAM_NAME
from svx_ledger.domain.indicator import Indicator
from svx_ledger.domain.need import Need
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.project import Project
from svx_ledger.domain.spend import Spend
from svx_ledger.domain.values import plain

_LONGEST_NAME = 200


def _text(new: str) -> str:
    return new


def _name(new: str) -> str | None:
    return new if len(new) <= _LONGEST_NAME else None


def _pence(new: str) -> str | None:
    fits = re.fullmatch(r"[1-9][0-9]{0,15}", new, re.ASCII) and int(new) <= MOST_PENCE
    return new if fits else None


def _day(new: str) -> str | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", new, re.ASCII):
        return None
    try:
        return date.fromisoformat(new).isoformat()
    except ValueError:
        return None


def _quantity(new: str) -> str | None:
    fits = re.fullmatch(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?", new, re.ASCII)
    return new if fits and plain(Decimal(new)) == new else None


@dataclass(frozen=True, slots=True)
class Correctable:
    """A kind of record: whose it is, and which of its fields can be corrected, by what form.

    A form returns the text itself where it states a value of the field, and else None.
    """

    state: type[Any]
    owner: str | None
    fields: Mapping[str, Callable[[str], str | None]]

    def owner_of(self, stream: str, state: object) -> str:
        """Return the organisation whose record it is; an organisation's is its own."""
        return str(getattr(state, self.owner)) if self.owner else stream

    def said(self, state: object, field: str) -> str:
        """Return what the record says now, as text."""
        value = getattr(state, field)
        if isinstance(value, Decimal):
            return plain(value)
        return value.isoformat() if isinstance(value, date) else str(value)


CORRECTABLE: Final[Mapping[str, Correctable]] = {
    "organisation": Correctable(Organisation, None, {"name": _name}),
    "project": Correctable(Project, "organisation_id", {"title": _name, "summary": _text}),
    "need": Correctable(
        Need, "organisation_id", {"use": _text, "delivered_by": _name, "in_place": _text}
    ),
    "procurement": Correctable(Procurement, "authority_id", {"title": _name}),
    "spend": Correctable(
        Spend, "payer_id", {"amount_pence": _pence, "period_from": _day, "period_to": _day}
    ),
    "indicator": Correctable(Indicator, "recorder_id", {"value": _quantity}),
}
"""By kind of stream. An invoice number is not here: it is a unique key."""


def correctable(stream: str) -> Correctable | None:
    """Return what can be corrected of a stream, by its name; None where nothing can."""
    named = STREAM_NAME.fullmatch(stream)
    return CORRECTABLE.get(named[1]) if named else None
