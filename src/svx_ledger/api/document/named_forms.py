"""The scalars that have a name in the document: ids, codes, choices, instants and texts."""

import json
from collections.abc import Mapping
from typing import Any, Final

from svx_ledger.domain import form
from svx_ledger.domain.book.state import LedgerId

from . import patterns
from .choices import CHOICES, one_of
from .patterns import Schema

_IDS: Final[Mapping[str, Any]] = {
    "OrganisationId": form.OrganisationId,
    "ProxySetId": form.ProxySetId,
    "ProjectId": form.ProjectId,
    "NeedId": form.NeedId,
    "ProcurementId": form.ProcurementId,
    "SpendId": form.SpendId,
    "AuctionId": form.AuctionId,
    "AwardId": form.AwardId,
    "ContractId": form.ContractId,
    "PledgeId": form.PledgeId,
    "AccessId": form.AccessId,
    "ApiKeyId": form.ApiKeyId,
    "ResourceOfferId": form.ResourceOfferId,
    "DirectOfferId": form.DirectOfferId,
    "IndicatorId": form.IndicatorId,
    "CorrectionId": form.CorrectionId,
    "LedgerId": LedgerId,
}
_CODES: Final[Mapping[str, tuple[Any, str]]] = {
    "PersonId": (form.PersonId, "The name of a person on the ledger."),
    "Code": (form.Code, "A short code: of a lot, a place, a theme, an invoice."),
    "MeasureCode": (form.Measure, "The code of a measure, as the proxy set has it."),
    "Unit": (form.Unit, ""),
    "Sha256": (form.Sha256, "A SHA-256 digest."),
}


def _matching(hint: Any, said: str = "") -> Schema:
    (mark,) = hint.__metadata__
    schema = patterns.matching(mark)
    told = " ".join(filter(None, (said, schema.get("description"))))
    return schema | {"description": told}


NAMED: Final[Mapping[str, Schema]] = {
    **{name: _matching(hint) for name, hint in _IDS.items()},
    **{name: _matching(hint, said) for name, (hint, said) in _CODES.items()},
    **{name: one_of(words) for name, words in CHOICES.items()},
    "Instant": patterns.INSTANT,
    "GivenInstant": patterns.GIVEN_INSTANT,
    "Date": patterns.DATE,
    "Decimal": patterns.ANY_DECIMAL,
    "Text": patterns.TEXT,
    "TrimmedText": patterns.TRIMMED_TEXT,
}


def _mark(schema: Mapping[str, Any]) -> str:
    """What tells one form from all others: its pattern, or its words."""
    return json.dumps([schema.get("pattern"), schema.get("enum")])


_BY_MARK: Final = {_mark(schema): name for name, schema in NAMED.items()}
assert len(_BY_MARK) == len(NAMED)


def name_of_form(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the form that a schema is of, perhaps with narrower bounds."""
    if (name := _BY_MARK.get(_mark(schema))) is None:
        return None
    told = NAMED[name].items()
    return name if all(schema.get(n) == p for n, p in told if n != "description") else None


def beside(name: str, schema: Mapping[str, Any]) -> Schema:
    """Return what a schema says beside the form of this name."""
    told = NAMED[name]
    rest = {n: part for n, part in schema.items() if told.get(n) != part}
    if rest.get("description", "") in told.get("description", ""):  # a part of what that says
        rest.pop("description", None)
    return rest
