"""What a policy says, and the sets of roles that the table is written in."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from svx_ledger.domain.access import LEADING
from svx_ledger.domain.actor import Role

Whose = Literal["any", "own", "seen"]
Standing = Literal["own", "other", "entering", "lent"]
"""How somebody stands to a thing.

- `own`: acts for the organisation whose it is, on the role's side of it
- `other`: acts for another organisation
- `entering`: belongs to another one, and says to act on behalf of the organisation whose it is
- `lent`: belongs to the organisation whose it is, and says to act on behalf of another one
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call an operation.

    `roles` are those that the rules let through for one thing at least; with `public` no key is
    needed. `whose` is on whose things: `own`, those of the organisation that one acts for;
    `any`, whichever organisation's; `seen`, of a read that everybody may ask, and that answers
    each with what docs/visibility.md lets them see. What is made is its maker's own.

    Where it is `own`, `themselves` are those of the roles who may on what is their own
    organisation's, and `anywhere` those who may on whichever organisation's. `entered`: the
    operator may, too, on behalf of the community organisation that told it. `if_match`: one has
    to say which version of the thing one has read. `unscoped`: any key may, whatever its
    scopes.

    What hangs on more than role and organisation is not here: that two people are needed, that
    somebody has an interest, or the state of the thing.
    """

    roles: frozenset[Role]
    whose: Whose
    if_match: bool = False
    themselves: frozenset[Role] = frozenset()
    anywhere: frozenset[Role] = frozenset()
    entered: bool = False
    unscoped: bool = False

    def lets(self, role: Role, standing: Standing) -> bool:
        """Whether somebody in this role, who stands so to a thing, may call the operation."""
        if self.whose != "own":
            return role in self.roles
        if role in self.anywhere:
            return True
        if standing == "own":
            return role in self.themselves
        return standing == "entering" and self.entered and role == "operator"


def own(
    *roles: frozenset[Role],
    anywhere: frozenset[Role] = frozenset(),
    entered: bool = False,
    if_match: bool = False,
    unscoped: bool = False,
) -> Policy:
    """Return the policy of what one may do with what is one's own organisation's."""
    themselves = frozenset[Role]().union(*roles)
    every = themselves | anywhere | (OPERATOR if entered else frozenset())
    return Policy(every, "own", if_match, themselves, anywhere, entered, unscoped)


def anyones(*roles: frozenset[Role]) -> Policy:
    """Return the policy of what one may do with whichever organisation's things."""
    return Policy(frozenset[Role]().union(*roles), "any")


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


BUYER: Final = _roles("authority.buyer")
ASSESSOR: Final = _roles("authority.assessor")
APPROVER: Final = _roles("authority.approver")
MANAGER: Final = _roles("authority.contract_manager")
AUTHORITY: Final = BUYER | ASSESSOR | APPROVER | MANAGER
"""Who acts for an authority. Its observers look on, and act in nothing."""
SUPPLIER: Final = _roles("supplier.bidder", "supplier.signatory")
COMMUNITY: Final = _roles("community.lead", "community.confirmer")
OPERATOR: Final = _roles("operator")
EVALUATOR: Final = _roles("evaluator")
AUDITOR: Final = _roles("auditor")
INDEPENDENT: Final = OPERATOR | AUDITOR | EVALUATOR
"""Who has no part in a purchase."""
ACTING: Final = AUTHORITY | SUPPLIER | COMMUNITY | EVALUATOR | OPERATOR
"""Who acts for an organisation of whichever side, in what concerns the organisation itself."""
LEADERS: Final[frozenset[Role]] = LEADING
"""Who lets others act for their organisation."""
EVERYBODY: Final = frozenset(get_args(Role)) - _roles("clock")
"""With a key or without. Nobody has the clock's."""
KEYED: Final = EVERYBODY - _roles("public")

SEEN: Final = Policy(EVERYBODY, "seen")
OPEN: Final = Policy(EVERYBODY, "any")
"""Everybody gets the same answer."""
