"""Which leverage is asked for: whose, of which time, known when, valued how; which figure."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Final, Literal

from svx_ledger.api.parameters import Parameter, Recorded, bad_parameters
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.domain.form import Matching, OrganisationId, ProcurementId, ProxySetId
from svx_ledger.projections.leverage import asking as understanding
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.vocabulary import (
    HEADLINE,
    Dimension,
    Per,
    PeriodBasis,
    Stage,
    Weight,
)

from .asking import Asking

SCOPE: Final = (
    Parameter(
        name="as_at",
        form=datetime | date,
        meaning="What was true then. A date is to its end in the United Kingdom.",
    ),
    Parameter(name="known_at", form=Recorded, meaning="As known at this log position."),
    Parameter(name="procurement", form=ProcurementId, meaning="Of this procurement only."),
    Parameter(
        name="authority", form=OrganisationId, meaning="Of this authority's procurements."
    ),
    Parameter(name="from", form=date, meaning="From this UK date on."),
    Parameter(name="to", form=date, meaning="To this UK date, included."),
    Parameter(
        name="year",
        form=Annotated[
            str, Matching(r"[0-9]{4}/[0-9]{2}", "a financial year, such as 2025/26")
        ],
        meaning="This financial year, 1 April to 31 March, such as 2025/26.",
    ),
    Parameter(
        name="period_basis",
        form=PeriodBasis,
        meaning="Dates are of the first award (cohort), or of each fact (period).",
        default="cohort",
    ),
    Parameter(name="proxy_set", form=ProxySetId, meaning="Value by this adopted set instead."),
    Parameter(
        name="convention",
        form=Literal["green_book", "sroi_guide"],
        meaning="Whether the first year of an outcome is discounted.",
        default="green_book",
    ),
)
_BASES: Final = "Gross; net of deadweight and the like; at present value."
_DENOMINATORS: Final = (
    "D1 exchange spend; D2 with administration; D3 contract value; D4 all inputs."
)
CHOSEN: Final = (
    Parameter(name="stage", form=Stage, meaning="Those of this stage alone."),
    Parameter(name="basis", form=Weight, meaning=f"Those of this basis alone. {_BASES}"),
    Parameter(
        name="denominator",
        form=Per,
        meaning=f"Those by this denominator alone. {_DENOMINATORS}",
    ),
)
"""Of several figures, which."""
OF_ONE: Final = (
    Parameter(
        name="stage", form=Stage, meaning="The stage of the figure.", default=HEADLINE.stage
    ),
    Parameter(name="basis", form=Weight, meaning=_BASES, default=HEADLINE.weight),
    Parameter(name="denominator", form=Per, meaning=_DENOMINATORS, default=HEADLINE.per),
)
"""Of which figure."""
BY: Final = Parameter(name="by", form=Dimension, meaning="Each part of it, by this.")


def understood(asking: Asking) -> Asked:
    """Read what is asked for; a later page is of the moment of the first. Raises Declined."""
    asked, place = _asked(asking), asking.place
    if place is None or asking.get("known_at") is not None:  # which is of one moment already
        return asked
    if asking.get("as_at") is None and place.as_at is not None:
        asked = replace(asked, as_at=place.as_at)
    return replace(asked, known_at=place.position)


def _asked(asking: Asking) -> Asked:
    try:
        return understanding.asked(
            asking.view,
            as_at=asking.get("as_at"),
            known_at=asking.get("known_at"),
            procurement=asking.get("procurement"),
            authority=asking.get("authority"),
            first_day=asking.get("from"),
            last_day=asking.get("to"),
            year=asking.get("year"),
            period_basis=asking.get("period_basis"),
            proxy_set=asking.get("proxy_set"),
            convention=asking.get("convention"),
        )
    except understanding.Unknown as fault:
        raise no_such_thing(fault.kind) from None
    except understanding.NotAsked as fault:
        raise bad_parameters(detail=str(fault)) from None
