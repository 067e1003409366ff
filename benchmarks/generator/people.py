"""Who acts: for each organisation a few people in each role of its side (all fictional)."""

from functools import lru_cache
from typing import Final, get_args

from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.organisation import Side

OPERATOR: Final = Actor(
    id="person-operator", role="operator", organisation="organisation-0perator"
)
SECOND_OPERATOR: Final = Actor(
    id="person-operator2", role="operator", organisation="organisation-0perator"
)
OPERATORS: Final = (OPERATOR, SECOND_OPERATOR)
ROLES_OF: Final[dict[str, tuple[Role, ...]]] = {
    side: tuple(role for role in get_args(Role) if role.partition(".")[0] == side)
    for side in ("authority", "supplier", "community", "evaluator", "operator")
}
AUDITOR: Final = Actor(id="person-auditor", role="auditor", organisation="organisation-audit1")
OTHERS: Final[tuple[Role, ...]] = ("auditor", "witness", "public")


def person(organisation_id: str, role: Role, number: int = 1) -> Actor:
    """Return a person of an organisation, the same one whenever asked for."""
    token = organisation_id.removeprefix("organisation-")
    what = role.partition(".")[2] or role
    return Actor(id=f"p-{token}-{what}-{number}", role=role, organisation=organisation_id)


@lru_cache(maxsize=4096)
def staff(organisation_id: str, side: Side) -> tuple[Actor, ...]:
    """Return two people in each role of an organisation's side."""
    return tuple(
        person(organisation_id, role, number) for role in ROLES_OF[side] for number in (1, 2)
    )


def for_organisation(organisation_id: str) -> Actor:
    """Return the operator as it enters what a community organisation tells it."""
    return Actor(
        id=OPERATOR.id,
        role="operator",
        organisation=OPERATOR.organisation,
        on_behalf_of=organisation_id,
    )
