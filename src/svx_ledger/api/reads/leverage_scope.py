"""Which leverage is asked for: whose, of which time, as known when, valued how."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from svx_ledger.api.parameters import Parameter, Position, bad_parameters
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.domain.form import Matching, OrganisationId, ProcurementId, ProxySetId
from svx_ledger.projections.leverage import asking as understanding
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.vocabulary import PeriodBasis

from .asking import Asking

SCOPE: Final = (
    Parameter(
        name="as_at",
        form=datetime | date,
        meaning="What was true then. A date is to its end in the United Kingdom.",
    ),
    Parameter(name="known_at", form=Position, meaning="As known at this log position."),
    Parameter(name="procurement", form=ProcurementId, meaning="Of this one only."),
    Parameter(
        name="authority", form=OrganisationId, meaning="Of this authority's procurements."
    ),
    Parameter(name="from", form=date, meaning="From this UK date on."),
    Parameter(name="to", form=date, meaning="To this UK date, included."),
    Parameter(
        name="year",
        form=Annotated[str, Matching(r"[0-9]{4}/[0-9]{2}")],
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


def understood(asking: Asking) -> Asked:
    """Read what is asked for. Raises Declined."""
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
