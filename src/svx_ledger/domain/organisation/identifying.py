"""Who an organisation says it is: its registration numbers and its name, however spelled.

Two spellings of one number are one number, and two names that a reader would take for each
other have one skeleton. Both become unique keys; what was stated is stored as it was stated.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from svx_ledger.domain.form import Matching

Scheme = Literal[
    "GB-COH",
    "GB-CHC",
    "GB-SC",
    "GB-NIC",
    "GB-LAE",
    "GB-LAS",
    "casc",
    "GB-PPON",
    "SVX",
]
"""Codes of lists at https://org-id.guide, and `SVX` for what this exchange issues itself.

`GB-PPON` is the number that public procurement gives (the central digital platform under the
Procurement Act 2023). It stands beside another identifier, never alone.
"""

_COMPANY = re.compile(r"([A-Z]{2})?([0-9]+)", re.ASCII)
_CHARITY = re.compile(r"0*([1-9][0-9]*)(?:-0)?", re.ASCII)
_SCOTTISH = re.compile(r"(?:SC)?([0-9]{1,6})", re.ASCII)
_NORTHERN_IRISH = re.compile(r"(?:NIC)?([0-9]{1,6})", re.ASCII)
_COMPANY_LENGTH = 8
_MOST_KEYED = 200
"""Characters of a name that its key holds: a decomposed one can be far longer than the name."""

_DROPPED = re.compile("[.'`\u2018\u2019\u00b4]")
_SCRIPTS = str.maketrans(
    "авекмнорстухіјѕԁһԛԝαβεζηικμνορτυχıłøđ",
    "abekmhopctyxijsdhqwabezhikmnoptyxilod",
)
"""Cyrillic and Greek letters, and a few barred ones, that look like a Latin one, great or
small (Unicode Technical Standard 39, of which the standard library holds no table)."""
_STROKES = str.maketrans("i1|0", "lllo")
_FORMS: Final = frozenset(
    word.translate(_STROKES)
    for word in ("the", "ltd", "limited", "plc", "llp", "cic", "cio", "scio", "cyf", "ccc")
)
"""Words that say what kind of body it is rather than which."""


def normal_id(scheme: str, stated: str) -> str:
    """Return the one spelling of a registration number that its unique key uses.

    - A company number has eight characters: zeros stand before the digits, after any prefix
      of two letters (`1234567` is `01234567`, `SC1234` is `SC001234`).
    - A charity's number has no zeros before it; the suffix `-0` is the charity itself, and any
      other one a subsidiary of it (`1122334`, `01122334` and `1122334-0` are one).
    - A Scottish charity's number is `SC` with six digits, a Northern Irish one's its digits.
    - Of the other lists nothing is assumed but capitals.
    """
    upper = stated.upper()
    if scheme == "GB-COH" and (m := _COMPANY.fullmatch(upper)):
        prefix = m[1] or ""
        return prefix + m[2].zfill(_COMPANY_LENGTH - len(prefix))
    if scheme == "GB-CHC" and (m := _CHARITY.fullmatch(upper)):
        return m[1]
    if scheme == "GB-SC" and (m := _SCOTTISH.fullmatch(upper)):
        return "SC" + m[1].zfill(6)
    if scheme == "GB-NIC" and (m := _NORTHERN_IRISH.fullmatch(upper)):
        return m[1]
    return upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A registration number with the list that it stands on."""

    scheme: Scheme
    id: Annotated[
        str,
        Matching(
            r"[A-Z0-9][A-Z0-9./-]{0,39}",
            "the number on that list: 1 to 40 capitals, digits and ./-, no spaces",
        ),
    ]

    @property
    def key(self) -> str:
        """The unique claim that this identifier is, in whichever spelling."""
        return f"identifier:{self.scheme}/{normal_id(self.scheme, self.id)}"


def name_skeleton(name: str) -> str:
    """Return what is left of a name when everything goes that a glance does not notice.

    Case, accents, punctuation, the legal form, `the`, and letters that look like another.
    Characters keep their foldings in every later edition of Unicode, and no text holds a
    character that is not assigned yet, so a name has this skeleton for ever.
    """
    text = name.replace("&", " and ")
    for _ in range(2):  # a compatible form can be a capital, which folds to another again
        text = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in text if not unicodedata.category(c).startswith("M"))
    plain = _DROPPED.sub("", bare).translate(_SCRIPTS).translate(_STROKES)
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    told = [word for word in words if word not in _FORMS]
    return " ".join(told or words) or text


def name_key(name: str) -> str:
    """Return the unique claim of a name: its skeleton without the spaces."""
    return f"name:{name_skeleton(name).replace(' ', '')[:_MOST_KEYED]}"
