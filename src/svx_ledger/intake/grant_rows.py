"""Grants in a table: the 360Giving spreadsheet's headings, or those of a plain flat file."""

import re
from collections.abc import Mapping
from typing import Any, Final

from .exact import Unusable, decimal_in
from .rows import Row

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("grant_id", "Identifier"),
    "title": ("title", "Title"),
    "description": ("description", "Description"),
    "currency": ("currency", "Currency"),
    "amountAwarded": ("amount", "Amount Awarded"),
    "recipientOrganization/0/id": ("recipient_id", "Recipient Org:Identifier"),
    "recipientOrganization/0/name": ("recipient_name", "Recipient Org:Name"),
    "recipientOrganization/0/charityNumber": ("charity_number", "Recipient Org:Charity Number"),
    "recipientOrganization/0/companyNumber": ("company_number", "Recipient Org:Company Number"),
    "fundingOrganization/0/name": ("funder_name", "Funding Org:Name"),
    "beneficiaryLocation/0/name": ("benef_name", "Beneficiary Location:0:Name"),
    "beneficiaryLocation/0/geoCode": (
        "benef_geocode",
        "Beneficiary Location:0:Geographic Code",
    ),
    "plannedDates/0/endDate": ("planned_end", "Planned Dates:End Date"),
}
"""The field of a grant, and the headings under which a table has it; letters may be small."""
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
NEEDED: Final = ("id", "amountAwarded", "recipientOrganization/0/name")


def heading_of(field: str, row: Row) -> str | None:
    """Return the heading under which a row has a field."""
    known = {name.casefold(): name for name in row.cells}
    return next((known[h.casefold()] for h in COLUMNS[field] if h.casefold() in known), None)


def grant_in(row: Row) -> dict[str, Any]:
    """Return a row as a grant of the standard; an empty cell is a field that is not there."""
    grant: dict[str, Any] = {}
    for field in COLUMNS:
        heading = heading_of(field, row)
        text = row.cells[heading] if heading else ""
        if not text:
            continue
        value = _number(text) if field == "amountAwarded" else text
        name, _, inner = field.partition("/0/")
        if inner:
            grant.setdefault(name, [{}])[0][inner] = value
        else:
            grant[name] = value
    return grant


def place_in(row: Row, pointer: str) -> str:
    """Return the place in the table for a pointer into the grant."""
    field = pointer.removeprefix("/")
    return row.pointer(heading_of(field, row) or "" if field in COLUMNS else "")


def _number(text: str) -> Any:
    return decimal_in(text) if _DECIMAL.fullmatch(text) else Unusable("no number")
