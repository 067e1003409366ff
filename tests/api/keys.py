"""Keys for the people of a played ledger, by the real commands."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from svx_ledger.api.keys import new_key
from svx_ledger.domain.access import BY_OPERATOR, GrantAccess, access_key
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.api_key import IssueApiKey
from svx_ledger.domain.kind import Command
from svx_ledger.ledger import Ledger, Sequenced
from tests.world import OPERATOR

_LEADERS: dict[str, Role] = {
    "authority": "authority.approver",
    "supplier": "supplier.signatory",
    "community": "community.lead",
}


def key_for(
    ledger: Ledger,
    actor: Actor,
    *,
    scopes: Iterable[str] = ("read", "act"),
    lasts: timedelta = timedelta(days=30),
) -> str:
    """Grant a person its role, unless it has it, and return the text of a new key for it.

    The organisation is on the ledger, verified.
    """
    issued_for = access_for(ledger, actor)
    key = new_key()
    issue = IssueApiKey(
        api_key_id=key.api_key_id,
        access_id=issued_for,
        secret_sha256=key.sha256,
        scopes=tuple(scopes),
        expires_at=ledger.clock.wall() + lasts,
    )
    _give(ledger, issue, OPERATOR)
    return key.text


def access_for(ledger: Ledger, actor: Actor) -> str:
    """Return the grant of a person's role in its organisation, made if it is not there.

    What it is called hangs on the ledger alone, and not on what this process did before.
    """
    assert actor.organisation is not None
    holder = access_key(actor.organisation, actor.id, actor.role)
    found = ledger.store.held(holder).get(holder)
    if found is not None:
        return found
    grant = GrantAccess(
        access_id=f"access-test{ledger.store.head().position:06d}",
        person_id=actor.id,
        organisation_id=actor.organisation,
        role=actor.role,
    )
    _give(ledger, grant, _granter(actor))
    return grant.access_id


def bearer(key: str) -> dict[str, str]:
    """Return the header that presents a key."""
    return {"Authorization": f"Bearer {key}"}


def _granter(actor: Actor) -> Actor:
    if actor.role in BY_OPERATOR:
        return replace(OPERATOR, id=f"{OPERATOR.id}-2")
    return Actor(id="person-leader", role=_LEADERS[actor.side], organisation=actor.organisation)


def _give(ledger: Ledger, command: Command, actor: Actor) -> None:
    answer = ledger.execute(command, actor)
    assert isinstance(answer, Sequenced), (command, answer)
