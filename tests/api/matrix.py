"""The table of policies as requests: who asks what of the played story, and what they are told.

Whoever asks the cells needs an application over the story (`played`), and a key for the actor
of each (`keys`). They are given one by one, each as the ledger stands when it is asked for.

By the end of the story most of what is tried is done already: who may try it is let through to
the rules, and told by them that it is.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, Literal

from svx_ledger.api.commands import over_http
from svx_ledger.api.policy import POLICIES, Policy, Standing
from svx_ledger.api.policy.who import SUPPLIER
from svx_ledger.api.routing import Operation
from svx_ledger.api.vocabulary import creates, path_of
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.api_key import IssueApiKey
from svx_ledger.domain.kind import Command, fields_of
from svx_ledger.eventlog.scalars import instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import Ledger

from .keys import access_for
from .story import ENDS_AT
from .trying import ACCEPTED, PEOPLE, Try, side_of, tried

Expected = Literal["let", "role", "theirs", "key"]
"""`let` through; refused for the `role`, as the thing is `theirs`, or for want of a `key`."""
OF_THEIR_OWN: Final = frozenset({"DeclareInterest", "IssueApiKey", "RevokeApiKey"})
"""What people do of themselves: who tries has to be the person in question."""
SECOND: Final = ("Approve", "Confirm", "Resolve", "Reinstate", "LapseAward", "SetAside")
"""How commands begin that a second person gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One request: who sends it, and what they are told."""

    operation: str
    actor: Actor | None
    """Whose key it has; None for no key."""
    method: Literal["GET", "POST"]
    path: str
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]
    expected: Expected
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say which one it is, in a failure."""
        who = "nobody" if self.actor is None else f"{self.actor.role} {self.actor.organisation}"
        on_behalf = self.headers.get("Svx-On-Behalf-Of", "")
        return f"{self.operation} by {who} {on_behalf} -> {self.expected}"


FOR: Final = {
    "authority": "marchshire",
    "supplier": "kitestone",
    "community": "lantern",
    "evaluator": "plumbline",
    "operator": "exchange",
}
"""For whom people of each side read: those who have most to do with the open auction."""
VALUES: Final = {
    "auction_id": "auction-recovery",
    "supplier_id": "organisation-kitestone",
    "award_id": "award-lighting",
    "organisation_id": "organisation-marchshire",
    "stream": "auction-recovery",
    "position": "1",
    "tile": "0/000.p/1",
    "command_id": "told-0001",
    "name": "not-found",
    "ledger_id": "ledger-demo",
    "access_id": "access-ofharle",
    "api_key_id": "api-key-issuedharle",
    "proxy_set_id": "proxy-set-demo2026",
    "project_id": "project-hubs",
    "need_id": "need-hubs",
    "resource_offer_id": "resource-offer-hours",
    "direct_offer_id": "direct-offer-counsel",
    "procurement_id": "procurement-recovery",
    "contract_id": "contract-cleaning",
    "pledge_id": "pledge-2053a5c91948e72e76033d5255",
    "spend_id": "spend-cleaning1",
    "indicator_id": "indicator-calls2025",
    "correction_id": "correction-harle",
}
"""What stands in the addresses of reads."""
QUERIES: Final[Mapping[str, Mapping[str, str]]] = {
    "leverage-explanation": {"figure": "confirmed.gross"},
    "leverage-parts": {"by": "measure"},
    "report-sample": {"seed": "dice 4 1 6", "size": "3"},
    "inclusion": {"position": "1"},
    "consistency": {"old": "1"},
}
"""What a read cannot be asked without."""
_numbers = itertools.count(1)


def command_cells(ledger: Ledger) -> Iterator[Cell]:
    """Give the cells of every command, in the order of the table.

    Whoever may issue a key is granted first what the cell has it issued for.
    """
    for name in over_http():
        policy, found = POLICIES[name], tried()[name]
        yield _cell(ledger, _chosen(found, "operator", "other"), None, "key")
        for role in PEOPLE:
            if role != "public":
                yield from _of_role(ledger, policy, found, role)


def _of_role(ledger: Ledger, policy: Policy, found: list[Try], role: Role) -> Iterator[Cell]:
    if role not in policy.roles:
        yield _by(ledger, _chosen(found, role, "other"), "role")
        return
    stood = {one.standing for one in found if one.actor.role == role}
    for standing in _standings(policy, role):
        if standing not in stood:  # what only an operator without an organisation did
            continue
        expected: Expected = "let" if policy.lets(role, standing) else "theirs"
        yield _by(ledger, _chosen(found, role, standing), expected)


def _standings(policy: Policy, role: Role) -> Iterator[Standing]:
    if policy.lets(role, "own"):
        yield "own"
    yield "other"
    if policy.whose == "own" and role not in policy.anywhere:
        yield "entering"


def _chosen(found: list[Try], role: Role, standing: Standing) -> Try:
    """Return the last try of this sort that was accepted; the last one where none was."""
    of_sort = [one for one in found if (one.actor.role, one.standing) == (role, standing)]
    last_accepted = [one for one in of_sort if one.became == ACCEPTED]
    return (last_accepted or of_sort)[-1]


def _by(ledger: Ledger, one: Try, expected: Expected) -> Cell:
    return _cell(ledger, one, _person(one), expected)


def _cell(ledger: Ledger, one: Try, actor: Actor | None, expected: Expected) -> Cell:
    command, name = one.command, type(one.command).__name__
    plain = dict(shape_of(type(command)).encode(command))
    target = _target(command)
    del plain[fields_of(type(command))[0]]
    if actor is not None and isinstance(command, IssueApiKey) and expected == "let":
        # A key issues others for its own access only; that of somebody who leads does for
        # others, too.
        plain["access_id"] = access_for(ledger, actor)
        plain["expires_at"] = instant(ENDS_AT + timedelta(days=1))
    headers = {"Idempotency-Key": f"matrix-{next(_numbers)}"}
    if one.actor.on_behalf_of is not None:
        headers["Svx-On-Behalf-Of"] = one.actor.on_behalf_of
    if POLICIES[name].if_match:
        headers["If-Match"] = f'"{version_of(ledger.store, target)}"'
    return Cell(
        operation=name,
        actor=replace(actor, on_behalf_of=None) if actor else None,
        method="POST",
        path=path_of(name, target),
        body=plain,
        headers=headers,
        expected=expected,
    )


def _target(command: Command) -> str:
    """Return the thing that a command is given on; a new one for what makes one."""
    target = command.target()
    if not creates(type(command)):
        return target
    kind = target.rpartition("-")[0]
    return f"{kind}-matrix{next(_numbers):05d}"


def version_of(store: Store, stream: str) -> int:
    """Return the version of a stream, as an ETag has it."""
    return max((row.version for row in store.stream(stream)), default=0)


def _person(one: Try) -> Actor:
    """Return who tries it: nobody that the story knows, unless only somebody there may.

    Nobody is to have requested what they approve: there are two people in each role.
    """
    name = type(one.command).__name__
    if name in OF_THEIR_OWN:
        return one.actor
    called = one.actor.role.replace(".", "-").replace("_", "-")
    nth = "second" if name.startswith(SECOND) else "first"
    return replace(one.actor, id=f"person-{nth}-{called}")


def reader(role: Role, organisation: str | None = None) -> Actor | None:
    """Return who reads in a role; by default for whoever has most to do with things."""
    if role == "public":
        return None
    called = role.replace(".", "-").replace("_", "-")
    acting_for = organisation or f"organisation-{FOR[side_of(role)]}"
    return Actor(id=f"person-first-{called}", role=role, organisation=acting_for)


def read_cell(operation: Operation, actor: Actor | None, **values: str) -> Cell:
    """Return a read, asked by somebody; of what the values name, else of the open auction."""
    name, roles = operation.name, operation.policy.roles
    role: Role = "public" if actor is None else actor.role
    expected: Expected = "let" if role in roles else ("role" if actor else "key")
    if name == "own-board" and role not in SUPPLIER:
        expected = "theirs"  # until the ranking
    return Cell(
        operation=name,
        actor=actor,
        method="GET",
        path=operation.path.format_map({**VALUES, **values}),
        body=None,
        headers={"Accept": "application/json, text/plain, text/html"},
        expected=expected,
        query=QUERIES.get(name, {}),
    )
