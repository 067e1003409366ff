"""What community organisations do and need, and what one unit of each measure is worth."""

from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from svx_ledger.domain.form import Code, Measure, OrganisationId, ProjectId
from svx_ledger.projections.need_states import State, need_now
from svx_ledger.projections.needs import NEED, PROJECT, NeedRow, ProjectRow, listed_in
from svx_ledger.projections.proxy_sets import PROXY_SET, ProxySetRow
from svx_ledger.projections.view import View

from .listing import Filter, ListOf

SetState = Literal["in-force", "superseded"]


class ListedProject(NamedTuple):
    """What a community organisation does in a place, by the codes of its areas."""

    project_id: str
    community_id: str
    title: str
    police_force: str
    local_authority: str


class ListedNeed(NamedTuple):
    """What a project needs: `quantity` was asked, in `unit`, by `needed_by`.

    `committed` is what pledges and accepted offers commit of it, `outstanding` what is left to
    meet; `listed_in` is the auction that reserves that while the state is `listed`.
    """

    need_id: str
    state: State
    project_id: str
    community_id: str
    measure: str
    unit: str
    quantity: Decimal
    committed: Decimal
    outstanding: Decimal
    needed_by: date
    listed_in: str | None
    theme_scheme: str
    theme: str
    police_force: str
    local_authority: str


class ListedProxySet(NamedTuple):
    """A table of what one unit of each measure is worth; `sha256` is that of its rows."""

    proxy_set_id: str
    state: SetState
    name: str
    sha256: str
    superseded_by: str | None


def _project(view: View, row: ProjectRow) -> ListedProject:
    del view
    return ListedProject(*row)


def _need(view: View, row: NeedRow) -> ListedNeed:
    now = need_now(view.rows, row)
    return ListedNeed(
        need_id=row.need_id,
        state=now.state,
        project_id=row.project_id,
        community_id=row.community_id,
        measure=row.measure,
        unit=row.unit,
        quantity=row.quantity,
        committed=now.committed,
        outstanding=now.outstanding,
        needed_by=row.needed_by,
        listed_in=listed_in(view.rows, row),
        theme_scheme=row.theme_scheme,
        theme=row.theme,
        police_force=row.police_force,
        local_authority=row.local_authority,
    )


def _proxy_set(view: View, row: ProxySetRow) -> ListedProxySet:
    del view
    return ListedProxySet(
        proxy_set_id=row.proxy_set_id,
        state="in-force" if row.superseded_by is None else "superseded",
        name=row.name,
        sha256=row.sha256,
        superseded_by=row.superseded_by,
    )


_COMMUNITY: Final = Filter(
    "community", "community_id", OrganisationId, "ORG", "Of this community organisation."
)
PROJECTS: Final = ListOf(
    group="project",
    meaning="List projects of community organisations, by id: whose, and where.",
    table=PROJECT,
    item=ListedProject,
    made=_project,
    filters=(_COMMUNITY,),
    shown=("project_id", "community_id", "title", "police_force", "local_authority"),
)
NEEDS: Final = ListOf(
    group="need",
    meaning="List needs, by id: whose, how much of what, and how far each is met.",
    table=NEED,
    item=ListedNeed,
    made=_need,
    filters=(
        _COMMUNITY,
        Filter("project", "project_id", ProjectId, "PROJECT", "Of this project."),
        Filter("state", "state", State, "STATE", "In this state."),
        Filter("measure", "measure", Measure, "MEASURE", "In this measure."),
        Filter("theme", "theme", Code, "CODE", "Of this theme."),
        Filter("force", "police_force", Code, "CODE", "In this police force area."),
        Filter("council", "local_authority", Code, "CODE", "In this local authority."),
    ),
    shown=(
        *("need_id", "state", "community_id", "quantity", "outstanding", "unit", "measure"),
        "needed_by",
    ),
)
PROXY_SETS: Final = ListOf(
    group="proxies",
    meaning="List proxy sets, by id, and what was put in the place of each.",
    table=PROXY_SET,
    item=ListedProxySet,
    made=_proxy_set,
    filters=(Filter("state", "state", SetState, "STATE", "In this state."),),
    shown=("proxy_set_id", "state", "name", "superseded_by"),
)
