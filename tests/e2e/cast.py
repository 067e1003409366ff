"""Everybody (all fictional), from the first registration to a key: each step over HTTP.

Beside the server only its beginnings are made, as an operator would: the ledger, the operator's
organisation, and the keys of two of its people.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, NamedTuple, TypeVar

from svx_ledger import open_ledger
from svx_ledger.api.keys import new_key
from svx_ledger.domain.access import BY_OPERATOR, GrantAccess
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.api_key import IssueApiKey
from svx_ledger.domain.organisation import Side, VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.keys import key_for
from tests.world import OPERATOR as KEEPER
from tests.world import begin, registration

from .caller import Caller
from .traffic import Traffic

T = TypeVar("T")
EXCHANGE: Final = "organisation-exchange"
AUTHORITY: Final = "organisation-e2eauth"
COMMUNITY: Final = "organisation-e2ecomm"
EVALUATING: Final = "organisation-e2eeval"
SCOPES: Final = ("read", "act")
_AT_ONCE: Final = 8
_SIDES: Final[dict[str, Side]] = {
    AUTHORITY: "authority",
    COMMUNITY: "community",
    EVALUATING: "evaluator",
}


class Beginnings(NamedTuple):
    """What there is before anybody asks over HTTP: the keys, and how far the log reaches."""

    operator: str
    second: str
    known: int


def person(role: Role, organisation: str, what: str | None = None) -> Actor:
    """Return somebody of an organisation, named after what they do there."""
    called = what or role.replace("_", "-").replace(".", "-")
    where = organisation.removeprefix("organisation-")
    return Actor(id=f"person-{where}-{called}", role=role, organisation=organisation)


OPERATOR: Final = person("operator", EXCHANGE)
SECOND: Final = person("operator", EXCHANGE, "second")


def beginnings(url: str) -> Beginnings:
    """Begin a ledger: its first event, the operator's organisation, two grants and keys."""
    with open_ledger(url, create=True) as ledger:
        begin(ledger, "ledger-endtoend")
        for command in (
            registration(EXCHANGE, side="operator"),
            VerifyOrganisation(organisation_id=EXCHANGE, basis="known to who begins it"),
        ):
            assert isinstance(ledger.execute(command, KEEPER), Sequenced)
        keys = key_for(ledger, OPERATOR), key_for(ledger, SECOND)
        return Beginnings(*keys, ledger.store.head().position)


class Bidder(NamedTuple):
    """A supplier's two people."""

    supplier: str
    signatory: Caller
    bidder: Caller


class Cast:
    """All people of an auction with so many bidders, once `join` has ended."""

    def __init__(self, url: str, began: Beginnings, traffic: Traffic) -> None:
        self._url = url
        self._traffic = traffic
        self._numbers = count(1)
        self.operator = self.known(OPERATOR, began.operator)
        self.second = self.known(SECOND, began.second)
        self.callers = [self.operator, self.second]
        self.bidders: list[Bidder] = []
        self._staff: dict[str, Caller] = {}

    def __getitem__(self, role: Role) -> Caller:
        """Return who has this role: of the authority, the community or the evaluators."""
        return self._staff[role]

    def known(self, actor: Actor, key: str, retry_for: float = 30.0) -> Caller:
        """Return somebody who has a key."""
        return Caller(actor, key, self._url, self._traffic, retry_for=retry_for)

    async def join(self, bidders: int) -> None:
        """Register and verify everybody, and give keys to their people."""
        await together(self._organisation(name, side) for name, side in _SIDES.items())
        staff: tuple[tuple[Role, str, Role | None], ...] = (
            ("authority.approver", AUTHORITY, None),
            ("community.lead", COMMUNITY, None),
            ("evaluator", EVALUATING, None),
            ("auditor", EVALUATING, None),
            ("authority.buyer", AUTHORITY, "authority.approver"),
            ("authority.assessor", AUTHORITY, "authority.approver"),
            ("authority.contract_manager", AUTHORITY, "authority.approver"),
            ("community.confirmer", COMMUNITY, "community.lead"),
        )
        for role, organisation, granter in staff:
            by = self._staff[granter] if granter else self.operator
            self._staff[role] = await self._person(person(role, organisation), by)
        names = [f"organisation-e2es{n:03d}" for n in range(bidders)]
        self.bidders = await together(self._bidder(name) for name in names)

    async def close(self) -> None:
        """Let go of all connections."""
        await asyncio.gather(*(caller.close() for caller in self.callers))

    async def _organisation(self, name: str, side: Side) -> None:
        await self.operator.give(registration(name, side))
        verified = VerifyOrganisation(organisation_id=name, basis="register checked")
        await self.operator.give(verified)

    async def _bidder(self, name: str) -> Bidder:
        await self._organisation(name, "supplier")
        signatory = await self._person(person("supplier.signatory", name), self.operator)
        bidder = await self._person(person("supplier.bidder", name), signatory)
        return Bidder(name, signatory, bidder)

    async def _person(self, actor: Actor, by: Caller) -> Caller:
        """Grant somebody access, issue a key for it, and return who acts with that."""
        assert actor.organisation is not None
        assert (actor.role in BY_OPERATOR) == (by is self.operator)
        access_id = f"access-e2e{next(self._numbers):04d}"
        granted = GrantAccess(
            access_id=access_id,
            person_id=actor.id,
            organisation_id=actor.organisation,
            role=actor.role,
        )
        await by.give(granted)
        caller = self.known(actor, await issue(by, access_id))
        self.callers.append(caller)
        return caller


async def issue(by: Caller, access_id: str, *scopes: str) -> str:
    """Have a key issued for an access, and return its text."""
    key = new_key()
    issued = IssueApiKey(
        api_key_id=key.api_key_id,
        access_id=access_id,
        secret_sha256=key.sha256,
        scopes=scopes or SCOPES,
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    await by.give(issued)
    return key.text


async def together(asked: Iterable[Awaitable[T]]) -> list[T]:
    """Do all of it, some at a time."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(awaited: Awaitable[T]) -> T:
        async with places:
            return await awaited

    return await asyncio.gather(*map(one, asked))
