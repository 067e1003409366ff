"""The award register: searched, counted, and one award with all that belongs to it."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from svx_ledger.api.cursors import NOT_GIVEN
from svx_ledger.api.parameters import Parameter, bad_parameters
from svx_ledger.api.routing import ItemsOf
from svx_ledger.domain.form import Code, Length, Measure, OrganisationId, Pence
from svx_ledger.projections.award_lines import Count, Line, counts, line_of
from svx_ledger.projections.award_page import AwardPage, award_page
from svx_ledger.projections.elsewhere import AwardElsewhere
from svx_ledger.projections.register import RegisteredAward
from svx_ledger.projections.register_search import (
    MOST,
    BadCursor,
    Found,
    Search,
    facets,
    search,
)

from .asking import Asking, Listed, One, Paged, Read, found

Standstill = Literal["not-announced", "none", "running", "over", "suspended"]
_SOUGHT: Final[dict[str, tuple[Any, str]]] = {
    "authority": (OrganisationId, "Made by this authority."),
    "area": (Code, "For needs in this police force or local authority area."),
    "supplier": (OrganisationId, "Won by this supplier."),
    "community": (OrganisationId, "With a line for this community organisation."),
    "measure": (Measure, "With a line in this measure."),
    "theme": (Code, "With a line for a need of this theme."),
    "since": (date, "Approved on this UK date or later; else assessed."),
    "until": (date, "Approved on this UK date or earlier; else assessed."),
    "standstill": (Standstill, "With its standstill in this state."),
    "state": (Code, "As far as this: the award's phase, or how its contract ended."),
    "vcse": (bool, "Won by a registered charity, or not."),
    "elsewhere": (bool, "Decided elsewhere only, or not at all."),
    "text": (Annotated[str, Length(1, 200)], "With these words in title, OCID, id or names."),
    "least_pence": (Pence, "Worth at least so much in pledges."),
    "most_pence": (Pence, "Worth at most so much in pledges."),
}
assert tuple(_SOUGHT) == Search._fields


def _awards(asking: Asking) -> Paged:
    sought = _search_of(asking)
    after = asking.place.text() if asking.place else None
    try:
        page = _page(asking, sought, after)
    except BadCursor:
        raise bad_parameters(NOT_GIVEN) from None
    return Paged(items=page.items, columns=Line._fields, ended=page.next, line=line_of)


def _facets(asking: Asking) -> Listed:
    return Listed(items=counts(facets(asking.view, _search_of(asking))), columns=Count._fields)


def _search_of(asking: Asking) -> Search:
    return Search(*(asking.get(name) for name in Search._fields))


def _page(asking: Asking, sought: Search, after: str | None) -> Found:
    """Return a page, or without a limit all that is left."""
    if asking.limit is not None:
        return search(asking.view, sought, asking.viewer, after=after, limit=asking.limit)
    items: list[RegisteredAward | AwardElsewhere] = []
    while True:
        page = search(asking.view, sought, asking.viewer, after=after, limit=MOST)
        items += page.items
        if (after := page.next) is None:
            return Found(tuple(items), None)


def _award(asking: Asking) -> One:
    page = award_page(asking.view, asking.get("award_id"), asking.viewer)
    return One(value=found(page, "award"))


_SEARCH: Final = tuple(
    Parameter(name=name, form=form, meaning=said) for name, (form, said) in _SOUGHT.items()
)
READS: Final = (
    Read(
        name="awards",
        path="/awards",
        tag="award",
        summary="Search the award register; awards that were decided elsewhere stand last.",
        ask=_awards,
        answer=ItemsOf(RegisteredAward | AwardElsewhere),
        parameters=_SEARCH,
        listed=True,
        table=True,
        long_if_whole=True,
    ),
    Read(
        name="award-facets",
        path="/awards/facets",
        tag="award",
        summary="Count the awards of a search by each choice of a facet.",
        ask=_facets,
        answer=ItemsOf(Count),
        parameters=_SEARCH,
        listed=True,
        table=True,
    ),
    Read(
        name="award",
        path="/awards/{award_id}",
        tag="award",
        summary="Show one award: its notices, its standstill, what was corrected, how long it "
        "is kept.",
        ask=_award,
        answer=AwardPage,
    ),
)
