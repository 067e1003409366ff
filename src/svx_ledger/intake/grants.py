"""A grant as 360Giving has it, read into what the exchange would know of it.

https://standard.threesixtygiving.org, version 1.4: who received how much, for what, where. A
grant that was made shows a need of that size: a project, and pounds that it put to use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

from svx_ledger.domain.observation.stated import POUNDS
from svx_ledger.domain.organisation.identifying import Identifier, Scheme
from svx_ledger.eventlog.scalars import visible

from .exact import Faulty, digest
from .parts import Part
from .stating import day_in, exact_amount

MOST_NAME: Final = 200
MOST_REASON: Final = 2000
CUT: Final = " […]"
"""Ends a text that was longer than the field it is put into."""
_SCHEMES: Final = frozenset(get_args(Scheme)) - {"SVX", "GB-PPON"}
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,39}", re.ASCII)
_SCOTTISH = re.compile(r"SC\d{1,6}", re.ASCII)
_NORTHERN_IRISH = re.compile(r"NIC?\d{5,6}", re.ASCII)
_GSS = re.compile(r"[A-Z]\d{8}|95[A-Z0-9]{6}", re.ASCII)
"""Nine characters for the Office for National Statistics; eight for a small area in Northern
Ireland."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant: its recipient, its amount in pounds, and the places named with it.

    `identifiers` are those of the recipient on lists that the exchange knows, the one it is
    given first; `areas` codes of places, the beneficiaries' before the recipient's own.
    """

    grant_id: str
    title: str
    use: str
    amount: Decimal
    recipient: str
    identifiers: tuple[Identifier, ...]
    areas: tuple[str, ...]
    place_name: str | None
    ends: date | None
    funder: str


def grants_in(document: Any) -> Iterator[tuple[str, Any]]:
    """Find the grants of a document, each with its pointer: a package, a list, or one grant."""
    if isinstance(document, dict) and "grants" in document:
        listed, under = document["grants"], "/grants"
    elif isinstance(document, list):
        listed, under = document, ""
    else:
        yield "", document
        return
    if not isinstance(listed, list):
        yield under, Faulty("no list")
        return
    for n, grant in enumerate(listed):
        yield f"{under}/{n}", grant


def read_grant(value: Any) -> Grant:
    """Read one grant. Raises Faulty, with the pointer to what cannot be taken."""
    if isinstance(value, Faulty):
        raise Faulty(value.reason)
    if not isinstance(value, dict):
        raise Faulty(getattr(value, "reason", "no 360Giving grant"))
    digest(value)  # finds what JSON does not allow, wherever it stands
    grant = Part(value)
    grant_id = grant.code("id")
    if grant_id is None:
        raise grant.fault("no id")
    recipients = grant.objects("recipientOrganization")
    if len(recipients) != 1:
        raise grant.fault("a grant has one recipient organisation", "recipientOrganization")
    name = _text(recipients[0], "name", MOST_NAME)
    if name is None:
        raise recipients[0].fault("no name", "name")
    title = _text(grant, "title", MOST_NAME)
    use = _text(grant, "description", MOST_REASON)
    if title is None and use is None:
        raise grant.fault("neither a title nor a description")
    return Grant(
        grant_id=grant_id,
        title=title or _cut(str(use), MOST_NAME),
        use=use or str(title),
        amount=_amount(grant),
        recipient=name,
        identifiers=_identifiers(recipients[0]),
        areas=_areas(grant),
        place_name=_place_name(grant),
        ends=_ends(grant),
        funder=_funder(grant),
    )


def _amount(grant: Part) -> Decimal:
    """Return what was awarded; the exchange counts in pounds alone."""
    currency = grant.raw("currency")
    if currency != POUNDS:
        raise grant.fault("not in GBP", "currency")
    amount = grant.read("amountAwarded", exact_amount)
    if amount <= 0:
        raise grant.fault("nothing was awarded", "amountAwarded")
    if amount >= 10**12 or len(f"{amount:f}".partition(".")[2].rstrip("0")) > 6:
        raise grant.fault("12 digits before the point at most, 6 after it", "amountAwarded")
    return amount


def _identifiers(recipient: Part) -> tuple[Identifier, ...]:
    """Return the registration numbers that are stated, the recipient's own id first.

    A charity number says its register itself: `SC…` in Scotland, `NI…` in Northern Ireland,
    digits in England and Wales.
    """
    found: dict[str, Identifier] = {}
    stated = recipient.code("id") or ""
    scheme = next((s for s in _SCHEMES if stated.upper().startswith(f"{s.upper()}-")), None)
    if scheme:
        _keep(found, scheme, stated[len(scheme) + 1 :])
    charity = (recipient.code("charityNumber") or "").upper().replace(" ", "")
    if _SCOTTISH.fullmatch(charity):
        _keep(found, "GB-SC", charity)
    elif _NORTHERN_IRISH.fullmatch(charity):
        _keep(found, "GB-NIC", charity.lstrip("NIC"))
    elif charity.isdigit():
        _keep(found, "GB-CHC", charity)
    company = (recipient.code("companyNumber") or "").upper().replace(" ", "")
    if company:
        _keep(found, "GB-COH", company)
    return tuple(found.values())


def _keep(found: dict[str, Identifier], scheme: Any, number: str) -> None:
    """Keep a number that is one, not what fills a column where there is none."""
    number = number.upper()
    if _NUMBER.fullmatch(number) and any(c in "123456789" for c in number):
        identifier = Identifier(scheme=scheme, id=number)
        found.setdefault(identifier.key, identifier)


def _areas(grant: Part) -> tuple[str, ...]:
    codes = [place.raw("geoCode") for place in grant.objects("beneficiaryLocation")]
    looked_up = grant.object("additional_data").objects("locationLookup")
    for of_beneficiary in (True, False):
        codes += [
            place.raw("ladcd")
            for place in looked_up
            if (place.raw("source") == "beneficiaryLocation") == of_beneficiary
        ]
    codes.append(grant.raw("recipientDistrictGeoCode"))
    stated = [code for code in codes if isinstance(code, str) and _GSS.fullmatch(code)]
    return tuple(dict.fromkeys(stated))


def _place_name(grant: Part) -> str | None:
    places = grant.objects("beneficiaryLocation")
    return next((name for p in places if (name := _text(p, "name", MOST_NAME))), None)


def _ends(grant: Part) -> date | None:
    """Return the last day that is planned, where it can be read in one way only."""
    days = []
    for planned in grant.objects("plannedDates"):
        end = planned.raw("endDate")
        if isinstance(end, str) and (day := day_in(end[:10] if "T" in end else end)):
            days.append(day)
    return max(days, default=None)


def _funder(grant: Part) -> str:
    funders = grant.objects("fundingOrganization")
    named = next((name for f in funders if (name := _text(f, "name", MOST_NAME))), None)
    return named or "a funder that is not named"


def _text(part: Part, key: str, most: int) -> str | None:
    value = part.raw(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise part.fault("no text", key)
    return _cut(visible(value), most) or None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)].rstrip() + CUT
