"""Who acts: a person by pseudonym, in a role, for an organisation."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from .form import PersonId, StreamOf

Role = Literal[
    "authority.buyer",
    "authority.assessor",
    "authority.approver",
    "authority.contract_manager",
    "authority.observer",
    "supplier.bidder",
    "supplier.signatory",
    "community.lead",
    "community.confirmer",
    "operator",
    "evaluator",
    "auditor",
    "witness",
    "public",
    "clock",
]
ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person (or the ledger's own clock) behind a command.

    `id` is a pseudonym such as `person-7k2m`: records hold no names or e-mail addresses.
    `organisation` is the one that employs or mandates the person; `on_behalf_of` the one
    whose thing it is, where that differs.
    """

    id: PersonId
    role: Role
    organisation: Annotated[str, StreamOf("organisation")] | None = None
    on_behalf_of: Annotated[str, StreamOf("organisation")] | None = None

    @property
    def side(self) -> str:
        """The part of the role before the dot, such as `authority` or `supplier`."""
        return self.role.partition(".")[0]

    @property
    def principal(self) -> str:
        """Who a command id belongs to: this person, in this role, for this organisation.

        The same person in another role is another principal: what one may be told again,
        the other may not.
        """
        represented = f"~{self.on_behalf_of}" if self.on_behalf_of else ""
        return f"{self.role}:{self.organisation or ''}{represented}/{self.id}"

    def involves(self, organisation_id: str) -> bool:
        """Whether this person acts from or for that organisation."""
        return organisation_id in (self.organisation, self.on_behalf_of)


CLOCK = Actor(id="clock", role="clock")
"""Decides deadlines when they fall due; nobody can act in this role."""
