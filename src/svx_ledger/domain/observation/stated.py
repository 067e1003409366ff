"""What somebody else published, in the words in which it was: nothing here is checked.

A name is not an organisation of the exchange, a date need not be one, and an amount may be in
any currency. What is missing is missing, and zero is an amount.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from svx_ledger.domain.form import MOST_PENCE, Between, Count, Digits, Length, Matching, Sha256
from svx_ledger.domain.values import EXACT

StatedCode = Annotated[str, Length(1, 200)]
"""An identifier, a status or a tag, in whatever form the publisher gives it."""
OCID_FORM = Matching(
    r"[A-Za-z0-9][A-Za-z0-9._:/-]{3,119}",
    "an OCID: 4 to 120 letters, digits and ._:/- that begin with a letter or digit",
)
StatedOcid = Annotated[str, OCID_FORM]
"""The identifier of a contracting process as published: not every publisher keeps to the form
that the exchange asks of its own."""
Amount = Annotated[Decimal, Digits(15, 12)]
Currency = Annotated[str, Matching(r"[A-Za-z]{3}", "three letters, such as GBP")]
POUNDS = "GBP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A text as published.

    `published_sha256` is there where the text stands differently here: cut after 1,000
    characters, its white space made single spaces, normalised to NFC, or a character that
    nobody can see replaced by U+FFFD. It is the digest of the published text in UTF-8.
    """

    text: Annotated[str, Length(1, 1000)]
    published_sha256: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTime:
    """A date or time as published, with what it says for certain.

    `at` is there where it says an instant (with its offset from UTC), `on` where it says a
    day that can be read in one way only. `12 months` says neither.
    """

    text: Annotated[str, Length(1, 100)]
    at: datetime | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMoney:
    """An amount as published, to its last digit."""

    amount: Amount
    currency: Currency | None = None

    @property
    def pence(self) -> int | None:
        """Whole pence, where it is in pounds; None for what cannot be summed exactly."""
        pence = EXACT.multiply(self.amount, Decimal(100))
        if self.currency != POUNDS or pence % 1 or not 0 <= pence <= MOST_PENCE:
            return None
        return int(pence)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedParty:
    """An organisation as published: a name, an identifier, or both. Nobody verified it."""

    name: Stated | None = None
    scheme: StatedCode | None = None
    id: StatedCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a statement was read: a file, the place in it, and the release's own digest.

    `release_sha256` is over the release in canonical JSON (docs/intake.md); `pointer` is a
    JSON pointer, after the number of the line where each line is a document.
    """

    file: Annotated[str, Length(1, 200)]
    pointer: Annotated[str, Length(1, 200)]
    release_sha256: Sha256
    publisher: Stated | None = None


MOST_TAGS = 50
MOST_SUPPLIERS = 250
MOST_AWARDS = 1000
Tags = Annotated[tuple[StatedCode, ...], Count(0, MOST_TAGS)]
Suppliers = Annotated[tuple[StatedParty, ...], Count(0, MOST_SUPPLIERS)]
AwardCount = Annotated[int, Between(0, MOST_AWARDS)]
