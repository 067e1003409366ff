"""What is on record of needs and organisations, what waits, and the trail of who did what."""

from datetime import datetime
from typing import Annotated, Final

from svx_ledger.api.event_type import TYPE
from svx_ledger.api.parameters import Parameter
from svx_ledger.api.routing import ItemsOf
from svx_ledger.domain.form import (
    Code,
    Matching,
    Measure,
    OrganisationId,
    PersonId,
    StreamName,
)
from svx_ledger.projections.need_states import NeedCell, needs_by_area
from svx_ledger.projections.organisation_page import OrganisationPage, organisation_page
from svx_ledger.projections.pending import Pending, pending
from svx_ledger.projections.trail_lines import Line, lines
from svx_ledger.projections.trail_search import trail

from .asking import USUAL, Asking, Listed, One, Paged, Read, found

_CommandId = Annotated[str, Matching(r"[ -~]{1,128}", "1 to 128 printable ASCII characters")]
_NEEDS: Final = (
    Parameter(name="area", form=Code, meaning="In this police force or local area."),
    Parameter(name="theme", form=Code, meaning="Of this theme."),
    Parameter(name="measure", form=Measure, meaning="In this measure."),
    Parameter(name="community", form=OrganisationId, meaning="Of this organisation."),
)
_TRAIL: Final = (
    Parameter(name="person", form=PersonId, meaning="What this person did."),
    Parameter(
        name="organisation", form=OrganisationId, meaning="Done for it, or on its behalf."
    ),
    Parameter(name="thing", form=StreamName, meaning="On this stream, or naming it."),
    Parameter(name="command", form=_CommandId, meaning="By the command with this id."),
    Parameter(name="correlation", form=_CommandId, meaning="Of this correlation."),
    TYPE,
    Parameter(name="since", form=datetime, meaning="From this instant on."),
    Parameter(name="until", form=datetime, meaning="Before this instant."),
)


def _needs(asking: Asking) -> Listed:
    sought = {one.name: asking.get(one.name) for one in _NEEDS}
    return Listed(items=needs_by_area(asking.view.rows, **sought), columns=NeedCell._fields)


def _organisation(asking: Asking) -> One:
    rows, viewer = asking.view.rows, asking.viewer
    page = organisation_page(rows, asking.get("organisation_id"), viewer)
    return One(value=found(page, "organisation"))


def _requests(asking: Asking) -> Listed:
    of = asking.get("organisation")
    waiting = pending(asking.view.rows, asking.viewer, organisation=of)
    return Listed(items=waiting, columns=Pending._fields)


def _trail(asking: Asking) -> Paged:
    """Show a page of the trail; the whole of it is never given at once."""
    rows, viewer = asking.view.rows, asking.viewer
    page = trail(
        rows,
        viewer,
        **{one.name: asking.get(one.name) for one in _TRAIL},
        after=asking.place.number() if asking.place else 0,
        limit=asking.limit or USUAL,
    )
    items = [*lines(asking.store, rows, viewer, page.items)]
    return Paged(items=items, columns=Line._fields, ended=page.next)


READS: Final = (
    Read(
        name="report-needs",
        path="/reports/needs",
        tag="need",
        summary="Count needs by area, theme and measure: open, listed, committed and unmet.",
        ask=_needs,
        answer=ItemsOf(NeedCell),
        parameters=_NEEDS,
        listed=True,
        table=True,
    ),
    Read(
        name="organisation",
        path="/organisations/{organisation_id}",
        tag="organisation",
        summary="Show an organisation: its ties, awards, pledges, keys and corrections.",
        ask=_organisation,
        answer=OrganisationPage,
    ),
    Read(
        name="requests",
        path="/requests",
        tag="report",
        summary="List what waits for a second person, as far as whoever asks may know.",
        ask=_requests,
        answer=ItemsOf(Pending),
        parameters=(
            Parameter(
                name="organisation", form=OrganisationId, meaning="Asked for by its people."
            ),
        ),
        listed=True,
        table=True,
    ),
    Read(
        name="trail",
        path="/trail",
        tag="report",
        summary="List who did what, on whose behalf and caused by what, a sentence each.",
        ask=_trail,
        answer=ItemsOf(Line),
        parameters=_TRAIL,
        listed=True,
        table=True,
    ),
)
