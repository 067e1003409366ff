"""What questions are asked about: each parameter's meaning and form, wherever it is given."""

from datetime import date
from typing import Annotated, Any, Final, Literal, NamedTuple

from svx_ledger.domain.form import (
    AuctionId,
    Between,
    Code,
    ContractId,
    Length,
    OrganisationId,
    ProcurementId,
    StreamName,
)
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.leverage.delivery import CONTRACT
from svx_ledger.projections.organisations import ORGANISATION
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.table import Rows

from .screens import SCREENS

_Screen: Final[Any] = Literal[tuple(SCREENS)]
_Days = Annotated[int, Between(0, 36_525)]
_Minutes = Annotated[int, Between(1, 525_600)]


class Parameter(NamedTuple):
    """What a question can be asked about.

    `form` is a type with its marks. `default` is what a question takes where nothing is said
    and something must be; without it, all are meant. `metavar` stands for a value in a usage.
    """

    form: Any
    metavar: str
    meaning: str
    default: int | None = None
    required: bool = False


PARAMETERS: Final[dict[str, Parameter]] = {
    "auction": Parameter(AuctionId, "AUCTION", "Of this auction only."),
    "procurement": Parameter(ProcurementId, "PROCUREMENT", "Of this procurement only."),
    "authority": Parameter(OrganisationId, "ORG", "Of this authority only."),
    "supplier": Parameter(OrganisationId, "ORG", "Of this supplier only."),
    "community": Parameter(OrganisationId, "ORG", "Of this community organisation only."),
    "contract": Parameter(ContractId, "CONTRACT", "Of this contract only."),
    "record": Parameter(StreamName, "STREAM", "Of this record only."),
    "area": Parameter(Code, "CODE", "A police force or a local authority, by its code."),
    "theme": Parameter(Code, "CODE", "Of this theme only."),
    "screen": Parameter(_Screen, "NAME", "This screen only."),
    "day": Parameter(date, "YYYY-MM-DD", "Another UK date than today."),
    "within": Parameter(_Days, "N", "What is overdue, and what falls due in so many days."),
    "days": Parameter(_Days, "N", "Older than so many days.", 28),
    "minutes": Parameter(_Minutes, "N", "The last so many minutes.", 5),
    "seed": Parameter(
        Annotated[str, Length(1, 200)], "TEXT", "The published seed.", required=True
    ),
    "size": Parameter(
        Annotated[int, Between(1, 100_000)], "N", "How many to draw.", required=True
    ),
}
"""By the name of the parameter of a question's function."""


def is_known(rows: Rows, name: str, value: Any) -> bool:
    """Whether the thing that a parameter names is on the ledger; whose name is public."""
    match name:
        case "auction":
            return rows.get(AUCTION, value) is not None
        case "procurement":
            return rows.get(PROCUREMENT, value) is not None
        case "contract":
            return rows.get(CONTRACT, value) is not None
        case "authority" | "supplier" | "community":
            found = rows.get(ORGANISATION, value)
            return found is not None and found.side == name
        case _:
            return True
