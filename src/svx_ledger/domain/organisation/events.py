"""What happens to an organisation on the exchange."""

from dataclasses import dataclass
from typing import Annotated, Literal

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.form import DIGEST, Code, Count, Name, OrganisationId, PersonId, Reason
from svx_ledger.domain.kind import Claim, Event
from svx_ledger.domain.private import Private, SubjectErased

from .codes import Groups, IncomeBand
from .identifying import Identifier, name_key

Side = Literal["authority", "supplier", "community", "evaluator", "operator"]
Nature = Literal["parent", "subsidiary", "common-control", "director", "agent", "host", "other"]
"""What the other organisation is to this one; `director`: they share one."""
Identifiers = Annotated[tuple[Identifier, ...], Count(1, 8)]
PublicKey = Annotated[str, DIGEST]
"""The 32 bytes of an Ed25519 public key (RFC 8032, section 5.1.5), in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRegistered(Event):
    """An organisation came onto the exchange, under its own statement of who it is.

    `registered_by` is the person who entered it, unless the operator did. A group that is on
    no register is `unincorporated`; `host_id` is the body that answers for it. `looks_like` is
    the organisation that already has a name too like this one: a flag, not a finding.
    `contact` is whom to ask for, which is private.
    """

    name: Name
    side: Side
    identifiers: Identifiers
    registered_by: PersonId | None = None
    unincorporated: bool | None = None
    host_id: OrganisationId | None = None
    looks_like: OrganisationId | None = None
    contact: Private | None = None

    def claims(self) -> tuple[Claim, ...]:
        """Take each identifier for this organisation, and its name unless that is taken."""
        names = () if self.looks_like else (Claim(name_key(self.name)),)
        return (*(Claim(identifier.key) for identifier in self.identifiers), *names)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationVerified(Event):
    """Somebody independent of it checked that the organisation is who it says.

    `verifier_id` is the authority that did; absent where the operator did for itself.
    """

    basis: Reason
    verifier_id: OrganisationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSuspended(Event):
    """The organisation takes part in nothing new until it is reinstated.

    `authority_id` is the authority that suspended it; absent where the operator did.
    """

    reason: Reason
    authority_id: OrganisationId | None = None
    suspended_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationReinstated(Event):
    """A second person found that the organisation may take part again."""

    reason: Reason
    authority_id: OrganisationId | None = None
    reinstated_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDeclared(Event):
    """Two organisations have ties, so that neither is independent of the other.

    It is written on both streams. `nature` says what `connected_to` is to the organisation of
    the stream; where `mirrored`, the other way round. `declarer_id` is the organisation whose
    person declared it; absent where the operator did.
    """

    connected_to: OrganisationId
    nature: Nature
    declarer_id: OrganisationId | None = None
    declared_by: PersonId
    mirrored: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDescribed(Event):
    """A community organisation said how large it is, who leads it and whom it serves.

    Its own word, given if it likes, of the organisation and never of a person; said again, it
    replaces what was said before.
    """

    income_band: IncomeBand | None = None
    led_by: Groups
    beneficiary_groups: Groups
    described_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRegistered(Event):
    """The organisation named a key that its signatures can be checked with."""

    key_id: Code
    algorithm: Literal["ed25519"]
    public_key: PublicKey
    registered_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked(Event):
    """Signatures with this key count no longer from now on."""

    key_id: Code
    reason: Reason
    revoked_by: PersonId


OrganisationEvent = (
    OrganisationRegistered
    | OrganisationVerified
    | OrganisationSuspended
    | OrganisationReinstated
    | ConnectionDeclared
    | OrganisationDescribed
    | KeyRegistered
    | KeyRevoked
    | RecordCorrected
    | SubjectErased
)
EVENTS: tuple[type[OrganisationEvent], ...] = (
    OrganisationRegistered,
    OrganisationVerified,
    OrganisationSuspended,
    OrganisationReinstated,
    ConnectionDeclared,
    OrganisationDescribed,
    KeyRegistered,
    KeyRevoked,
    RecordCorrected,
    SubjectErased,
)
