"""The form of a field: constraints that stand in its type and are checked on every path.

A command or an event is *well formed* when each field has its exact type and form; only
then do the rules look at it. The codec enforces these marks when it encodes and when it
decodes, so a value built in Python is held to the same form as one read from JSON.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

_STREAM_ID = "[0-9a-z]{4,32}"
STREAM_NAME = re.compile(rf"([a-z]+(?:-[a-z]+)*)-({_STREAM_ID})")
"""`<kind>-<random id>`: never an e-mail address, a registration number or a person's name."""


@dataclass(frozen=True, slots=True)
class StreamOf:
    """The name of a stream of this kind, e.g. `auction-8f3k2m7q`."""

    kind: str
    compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pattern = re.compile(f"{self.kind}-{_STREAM_ID}", re.ASCII)
        object.__setattr__(self, "compiled", pattern)


@dataclass(frozen=True, slots=True)
class Matching:
    """ASCII text that matches the whole pattern; `says` tells people what that means."""

    pattern: str
    says: str = field(compare=False)
    compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", re.compile(self.pattern, re.ASCII))


@dataclass(frozen=True, slots=True)
class Length:
    """Text of at least `least` and at most `most` characters, with no space at either end."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Digits:
    """A decimal of at most `whole` digits before and `places` after the point."""

    whole: int
    places: int


@dataclass(frozen=True, slots=True)
class Count:
    """A list of at least `least` and at most `most` items."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Between:
    """An integer or decimal from `least` to `most`, both included."""

    least: int | Decimal
    most: int | Decimal


StreamName = Annotated[
    str, Matching(STREAM_NAME.pattern, "the name of a stream, such as auction-8f3k2m7q")
]
"""Of a kind that is not said."""
OrganisationId = Annotated[str, StreamOf("organisation")]
ProxySetId = Annotated[str, StreamOf("proxy-set")]
ProjectId = Annotated[str, StreamOf("project")]
NeedId = Annotated[str, StreamOf("need")]
ProcurementId = Annotated[str, StreamOf("procurement")]
SpendId = Annotated[str, StreamOf("spend")]
AuctionId = Annotated[str, StreamOf("auction")]
AwardId = Annotated[str, StreamOf("award")]
ContractId = Annotated[str, StreamOf("contract")]
PledgeId = Annotated[str, StreamOf("pledge")]
AccessId = Annotated[str, StreamOf("access")]
ApiKeyId = Annotated[str, StreamOf("api-key")]
ResourceOfferId = Annotated[str, StreamOf("resource-offer")]
DirectOfferId = Annotated[str, StreamOf("direct-offer")]
IndicatorId = Annotated[str, StreamOf("indicator")]
CorrectionId = Annotated[str, StreamOf("correction")]

PersonId = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9._-]{0,63}",
        "1 to 64 small letters, digits and ._- that begin with a letter or digit",
    ),
]
Name = Annotated[str, Length(1, 200)]
Unit = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9£](?:[A-Za-z0-9 ./%²-]{0,18}[A-Za-z0-9.%²])?",
        "the unit of a measure, such as hour or £: at most 20 letters, digits, spaces, ./%²-",
    ),
]
"""Of a measure: hour, laptop, £. Short, so that the lines of a bid fit one record."""
Measure = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}",
        "1 to 32 letters, digits and ._/- that begin with a letter or digit",
    ),
]
"""The code of what is asked for, pledged and delivered, as the proxy set names it."""
Reason = Annotated[str, Length(1, 2000)]
Code = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}",
        "1 to 64 letters, digits and ._/- that begin with a letter or digit",
    ),
]
"""A short code: of a lot, a place, a theme, an invoice."""
Quantity = Annotated[Decimal, Digits(12, 6)]
"""In the unit of the measure. Sign and bounds are rules, not form."""
Pounds = Annotated[Decimal, Digits(12, 6)]
UnitsPerPound = Annotated[Decimal, Digits(6, 9)]
"""Of a rate line: units of the measure for each pound of contract spend, net of VAT."""
Share = Annotated[Decimal, Digits(1, 6), Between(Decimal(0), Decimal(1))]
"""A part of one, e.g. 0.2 for 20 %."""
Points = Annotated[Decimal, Digits(3, 4), Between(Decimal(0), Decimal(100))]
"""Of a tender score: the weights of one assessment sum to 100."""
MOST_BID_POINTS = 10**12
"""More than any table of points gives, as ten trillion pounds are more than any value."""
BidPoints = Annotated[Decimal, Digits(13, 6), Between(Decimal(0), Decimal(MOST_BID_POINTS))]
"""What a bid scores where a table of points values it, to the millionth of a point."""
PointsPerUnit = Annotated[Decimal, Digits(9, 6)]
MOST_PENCE = 10**15
"""Ten trillion pounds: more than any value is, and exact in every reader of JSON."""
Pence = Annotated[int, Between(0, MOST_PENCE)]
DIGEST = Matching(r"[0-9a-f]{64}", "32 bytes as 64 hexadecimal digits, a to f small")
Sha256 = Annotated[str, DIGEST]
