"""An organisation as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.private import SubjectErased, keeping

from .events import (
    ConnectionDeclared,
    KeyRegistered,
    KeyRevoked,
    OrganisationDescribed,
    OrganisationEvent,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
    Side,
)
from .identifying import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key that the organisation signs with; once revoked it is known, and no longer good."""

    public_key: str
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation as the rules see it.

    `connections` are the organisations that it has declared ties with, or they with it; `keys`
    its keys by their id. `verified` is over once the name was corrected, until somebody
    verifies it again under the new one. `private` are the commitments of its private texts,
    but for those that were erased.
    """

    name: str
    side: Side
    identifiers: tuple[Identifier, ...]
    registered_by: str | None = None
    verified: bool = False
    unincorporated: bool = False
    host_id: str | None = None
    suspended: bool = False
    suspended_by: str | None = None
    connections: frozenset[str] = frozenset()
    keys: Mapping[str, SigningKey] = field(default_factory=dict)
    private: frozenset[str] = frozenset()

    @property
    def affiliates(self) -> frozenset[str]:
        """The organisations that are not independent of this one: its connections and host."""
        return self.connections | ({self.host_id} if self.host_id else frozenset())


def evolve(organisation: Organisation | None, event: OrganisationEvent) -> Organisation:
    """Fold one more fact into the organisation."""
    if isinstance(event, OrganisationRegistered):
        return Organisation(
            name=event.name,
            side=event.side,
            identifiers=event.identifiers,
            registered_by=event.registered_by,
            unincorporated=bool(event.unincorporated),
            host_id=event.host_id,
            private=keeping(frozenset(), event.contact),
        )
    assert organisation is not None
    match event:
        case OrganisationVerified():
            return replace(organisation, verified=True)
        case OrganisationSuspended(suspended_by=person):
            return replace(organisation, suspended=True, suspended_by=person)
        case OrganisationReinstated():
            return replace(organisation, suspended=False, suspended_by=None)
        case ConnectionDeclared(connected_to=other):
            return replace(organisation, connections=organisation.connections | {other})
        case OrganisationDescribed():
            return organisation  # shown, and no rule looks at it
        case KeyRegistered(key_id=key_id, public_key=public_key):
            return _with_key(organisation, key_id, SigningKey(public_key=public_key))
        case KeyRevoked(key_id=key_id):
            key = replace(organisation.keys[key_id], revoked=True)
            return _with_key(organisation, key_id, key)
        case RecordCorrected(new=name):
            # the one field that can be corrected, and what its verification rested on
            return replace(organisation, name=name, verified=False)
        case SubjectErased():
            return replace(organisation, private=organisation.private - {*event.commitments})
        case _:
            assert_never(event)


def _with_key(organisation: Organisation, key_id: str, key: SigningKey) -> Organisation:
    return replace(organisation, keys={**organisation.keys, key_id: key})
